package dev.chatgate.cli.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** Formats JSON for standard output. */
public final class JsonOutput {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonOutput() {}

  /** Writes one JSON value. */
  @FunctionalInterface
  public interface ValueWriter {
    /** Writes the value to the generator. */
    void writeTo(JsonGenerator json) throws IOException;
  }

  /** Formats a value on one line, without a line end. */
  public static String compact(ValueWriter value) {
    var text = new StringWriter();
    try (var json = JSON.createGenerator(text)) {
      value.writeTo(json);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to a string cannot fail", e);
    }
    return text.toString();
  }

  /** Formats a value indented over several lines, with a line end. */
  public static String pretty(ValueWriter value) {
    return pretty(compact(value));
  }

  /** Indents JSON text over several lines, with a line end. */
  public static String pretty(String compact) {
    var text = new StringWriter();
    try (var from = JSON.createParser(compact);
        var to = JSON.createGenerator(text)) {
      var indenter = new DefaultIndenter("  ", "\n");
      var printer = new DefaultPrettyPrinter();
      printer.indentArraysWith(indenter);
      printer.indentObjectsWith(indenter);
      to.setPrettyPrinter(printer);
      from.nextToken();
      to.copyCurrentStructure(from);
    } catch (IOException e) {
      throw new UncheckedIOException("the JSON to indent is not valid", e);
    }
    return text + "\n";
  }
}

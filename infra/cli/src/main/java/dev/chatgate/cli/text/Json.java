package dev.chatgate.cli.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** JSON as the command line prints it. */
public final class Json {
  private static final JsonFactory JSON = new JsonFactory();

  private Json() {}

  /** Writes a value. */
  @FunctionalInterface
  public interface Value {
    /** Writes it. */
    void to(JsonGenerator json) throws IOException;
  }

  /** A value on one line, without an end of line. */
  public static String line(Value value) {
    var text = new StringWriter();
    try (var json = JSON.createGenerator(text)) {
      value.to(json);
    } catch (IOException e) {
      throw new UncheckedIOException("a string takes every character", e);
    }
    return text.toString();
  }

  /** A value over several lines, to be read by people too, with an end of line. */
  public static String page(Value value) {
    return page(line(value));
  }

  /** The same of JSON that is there already. */
  public static String page(String compact) {
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
      throw new UncheckedIOException("what was written can be read", e);
    }
    return text + "\n";
  }
}

package dev.chatgate.openai.operation.chat;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.chatgate.openai.json.Span;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Sets fields in a body at byte offsets, so that everything else survives to the byte. */
final class Splice {
  private record Edit(Span at, String text) {}

  private final List<Edit> edits = new ArrayList<>(3);

  private Splice() {}

  static byte[] apply(byte[] body, ChatRequest.Fields fields, UpstreamEdits edits) {
    var splice = new Splice();
    edits
        .model()
        .filter(name -> !name.equals(fields.model()))
        .ifPresent(name -> splice.put(fields.modelAt(), quoted(name)));
    if (edits.maxTokens().isPresent() && fields.maxTokens().isEmpty()) {
      splice.maxTokens(fields, edits.maxTokens().getAsLong());
    }
    if (edits.includeUsage() && !fields.includeUsage()) {
      splice.includeUsage(fields);
    }
    return splice.edits.isEmpty() ? body : splice.over(body);
  }

  private void maxTokens(ChatRequest.Fields fields, long maxTokens) {
    if (fields.maxTokensNull() != null) {
      put(fields.maxTokensNull(), Long.toString(maxTokens));
    } else {
      put(at(fields.open()), "\"max_tokens\":" + maxTokens + ",");
    }
  }

  private void includeUsage(ChatRequest.Fields fields) {
    if (fields.includeUsageAt() != null) {
      put(fields.includeUsageAt(), "true");
    } else if (fields.optionsAt() != null) {
      String comma = fields.optionsEmpty() ? "" : ",";
      put(at(fields.optionsAt().start() + 1), "\"include_usage\":true" + comma);
    } else if (fields.optionsNull() != null) {
      put(fields.optionsNull(), "{\"include_usage\":true}");
    } else {
      put(at(fields.open()), "\"stream_options\":{\"include_usage\":true},");
    }
  }

  private void put(Span at, String text) {
    edits.add(new Edit(at, text));
  }

  private static Span at(int offset) {
    return new Span(offset, offset);
  }

  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  private byte[] over(byte[] body) {
    edits.sort(Comparator.comparingInt(edit -> edit.at().start()));
    var out = new ByteArrayOutputStream(body.length + 256);
    int from = 0;
    for (Edit edit : edits) {
      out.write(body, from, edit.at().start() - from);
      out.writeBytes(edit.text().getBytes(StandardCharsets.UTF_8));
      from = edit.at().end();
    }
    out.write(body, from, body.length - from);
    return out.toByteArray();
  }
}

package dev.chatgate.provider.answer;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.chatgate.provider.ProviderCall;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts the name that the tenant used back in the place of the provider's name of the model. */
final class AliasSplice {
  private AliasSplice() {}

  /** The tenant's name as JSON, quotes included, if it is another than the provider's. */
  static Optional<byte[]> quotedAlias(ProviderCall call) {
    return call.upstreamModel().map(upstream -> quoted(call.request().model()));
  }

  private static byte[] quoted(String text) {
    byte[] escaped = JsonStringEncoder.getInstance().quoteAsUTF8(text);
    var quoted = new byte[escaped.length + 2];
    quoted[0] = '"';
    System.arraycopy(escaped, 0, quoted, 1, escaped.length);
    quoted[quoted.length - 1] = '"';
    return quoted;
  }

  /** Where the name stands and what comes there. */
  static List<Edit> edits(byte[] alias, AnswerFacts facts) {
    var edits = new ArrayList<Edit>(facts.models().size());
    for (var model : facts.models()) {
      edits.add(new Edit(model.from(), model.to(), alias));
    }
    return edits;
  }

  /** The body with the tenant's name; the very array if there is nothing to change. */
  static byte[] apply(ProviderCall call, byte[] body, AnswerFacts facts) {
    var edits = quotedAlias(call).map(alias -> edits(alias, facts)).orElse(List.of());
    return edits.isEmpty() ? body : splice(body, edits);
  }

  private static byte[] splice(byte[] body, List<Edit> edits) {
    var out = new ByteArrayOutputStream(body.length + 64);
    int at = 0;
    for (var edit : edits) {
      out.write(body, at, edit.from() - at);
      out.writeBytes(edit.replacement());
      at = edit.to();
    }
    out.write(body, at, body.length - at);
    return out.toByteArray();
  }
}

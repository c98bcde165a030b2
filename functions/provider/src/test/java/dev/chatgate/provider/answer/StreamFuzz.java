package dev.chatgate.provider.answer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.sse.SlicedStream;
import dev.chatgate.openai.sse.SseEvent;
import dev.chatgate.openai.sse.SseReader;
import dev.chatgate.provider.Calls;
import dev.chatgate.provider.ClientHarness;
import dev.chatgate.provider.ProviderCall;
import dev.chatgate.provider.RecordingSink;
import dev.chatgate.provider.redaction.KnownKeys;
import dev.chatgate.provider.redaction.SplitKeySearch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** What must hold of any bytes at all that a provider sends as a stream. */
final class StreamFuzz {
  private static final int MAX_BYTES = 1 << 20;
  private static final Pattern ESCAPE = Pattern.compile("\\\\+u([0-9a-fA-F]{4})");
  private static final KnownKeys KEYS = ClientHarness.known();
  private final ProviderCall all =
      Calls.of(Calls.streaming(",\"stream_options\":{\"include_usage\":true}"));
  private final ProviderCall edited =
      Calls.of(Calls.streaming(""), Optional.of("real/model"), Duration.ofSeconds(9));

  /**
   * @param size bytes that a read brings, at least 1
   */
  void check(byte[] stream, int size) {
    assertArrayEquals(stream, readAll(stream, size), "the reader keeps every byte");
    assertEquals(
        meaning(relay(edited, stream, stream.length + 1).bytes()),
        meaning(relay(edited, stream, size).bytes()),
        "reads do not matter");
    checkUnedited(stream, size);
    checkEdited(stream, size);
  }

  private static byte[] readAll(byte[] stream, int size) {
    var out = new ByteArrayOutputStream();
    var reader = new SseReader(MAX_BYTES);
    feed(reader, stream, size, event -> out.writeBytes(event.toByteArray()));
    reader.rest().ifPresent(rest -> out.writeBytes(rest.toByteArray()));
    return out.toByteArray();
  }

  private static void feed(SseReader reader, byte[] stream, int size, Consumer<SseEvent> consumer) {
    var in = new SlicedStream(stream, () -> size);
    try {
      boolean more = true;
      while (more) {
        more = reader.fill(in);
        for (var event = reader.next(); event != null; event = reader.next()) {
          consumer.accept(event);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What a client reads: where line ends are mixed, the reads decide to which of two events a line
   * feed between them belongs.
   */
  private static List<String> meaning(byte[] stream) {
    var events = new ArrayList<String>();
    feed(
        new SseReader(MAX_BYTES),
        stream,
        stream.length + 1,
        event -> {
          if (event.hasData()) {
            var data = event.data();
            events.add(
                event.name()
                    + "|"
                    + new String(
                        data.bytes(), data.offset(), data.length(), StandardCharsets.UTF_8));
          }
        });
    return events;
  }

  /** What a relay made of a stream. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Outcome(byte[] bytes, boolean broken) {
    String text() {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }

  private static Outcome relay(ProviderCall call, byte[] stream, int size) {
    var sink = new RecordingSink();
    var patient = new DisconnectTolerantSink(sink);
    patient.head("text/event-stream");
    var output = new ReceivedOutput(new ReceivedText(), new SplitKeySearch(KEYS));
    var parser = call.request().answerReader(call.isRenamed(), output);
    var usage = new ReportedUsage(parser, KEYS);
    var relay = new StreamRelay(parser, output.keys(), usage, new HashSet<>(), KEYS);
    var reader = new SseReader(MAX_BYTES);
    feed(
        reader,
        stream,
        size,
        event -> {
          if (!relay.hasEnded()) {
            relay.take(event);
          }
        });
    if (!relay.hasEnded()) {
      reader.rest().ifPresent(relay::takeRest);
    }
    relay.streamEnded();
    relay.flushTo(patient);
    boolean broken = relay.brokenBy().isPresent() || relay.refusal().isPresent();
    assertFalse(holdsKey(sink.bytes()), "no key goes out");
    return new Outcome(sink.bytes(), broken);
  }

  /** Whether the bytes, or the text that their content says, hold the key: read the slow way. */
  private static boolean holdsKey(byte[] bytes) {
    var said = new StringBuilder();
    var text = new String(bytes, StandardCharsets.ISO_8859_1);
    var escape = ESCAPE.matcher(text);
    int at = 0;
    while (escape.find()) {
      said.append(text, at, escape.start());
      said.append((char) Integer.parseInt(escape.group(1), 16));
      at = escape.end();
    }
    said.append(text.substring(at));
    return said.indexOf(ClientHarness.KEY.secret()) >= 0;
  }

  /** Without edits an unbroken stream passes up to its end, with the blank line that it lacks. */
  private void checkUnedited(byte[] stream, int size) {
    var outcome = relay(all, stream, size);
    boolean respelled = new String(stream, StandardCharsets.ISO_8859_1).contains("[DONE]");
    if (!outcome.broken && !respelled) {
      int length = Math.min(stream.length, outcome.bytes.length);
      assertArrayEquals(Arrays.copyOf(stream, length), Arrays.copyOf(outcome.bytes, length));
      assertTrue(outcome.text().substring(length).matches("\n{0,2}"), "a blank line at most");
    }
    if (outcome.broken && outcome.bytes.length > 0) {
      assertTrue(outcome.text().contains("event:"), "an error is named");
      assertTrue(outcome.text().endsWith("\n") || outcome.text().endsWith("\r"));
    }
  }

  /** What has been edited needs no editing any more. */
  private void checkEdited(byte[] stream, int size) {
    var once = relay(edited, stream, size);
    boolean marked = new String(stream, StandardCharsets.UTF_8).indexOf('\uFEFF') >= 0;
    if (!once.broken && !marked) {
      var twice = relay(edited, once.bytes, size);
      assertEquals(meaning(once.bytes()), meaning(twice.bytes()));
    }
  }
}

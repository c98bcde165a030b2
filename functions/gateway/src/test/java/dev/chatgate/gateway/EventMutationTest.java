package dev.chatgate.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Mutates events at random and checks them with {@link EventFuzz}, with a short run in every build.
 * A failure's message contains the seed; {@code -Dseed=} repeats it.
 */
class EventMutationTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int EVENTS = 10_000;
  private static final Path INPUTS =
      Path.of("src/test/resources/dev/chatgate/gateway/EventFuzzTestInputs/anyEventIsAnswered");
  private static final String[] TOKENS = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\ud800",
    "null",
    "true",
    "1e999",
    "%2F",
    "%",
    "//",
    "\"body\":",
    "\"headers\":{",
    "\"rawPath\":",
    "\"requestContext\":{\"http\":{\"method\":\"POST\"}}",
    "\"isBase64Encoded\":true",
    "\\u0000",
    "\\u0001",
    "\\u007f",
    "\\r\\n",
    "\u00e9",
    "\"timeEpoch\":9223372036854775807"
  };

  private final Random random = new Random(SEED);

  @Test
  void damagedEventsAreAnsweredAndReserveNothing() throws IOException {
    var fuzz = new EventFuzz();
    var events = inputs();
    assertFalse(events.isEmpty());
    for (int i = 0; i < EVENTS; i++) {
      byte[] event = events.get(random.nextInt(events.size()));
      for (int damage = random.nextInt(4); damage >= 0; damage--) {
        event = damaged(event);
      }
      try {
        fuzz.check(event);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + SEED + ": " + new String(event, UTF_8), e);
      }
    }
  }

  private static List<byte[]> inputs() throws IOException {
    var inputs = new ArrayList<byte[]>();
    try (var files = Files.list(INPUTS)) {
      for (Path file : (Iterable<Path>) files.sorted()::iterator) {
        inputs.add(Files.readAllBytes(file));
      }
    }
    return inputs;
  }

  private byte[] damaged(byte[] event) {
    int at = random.nextInt(event.length + 1);
    int to = Math.min(event.length, at + random.nextInt(9));
    return switch (random.nextInt(4)) {
      case 0 -> joined(event, at, new byte[0], to);
      case 1 -> joined(event, at, TOKENS[random.nextInt(TOKENS.length)].getBytes(UTF_8), at);
      case 2 -> joined(event, at, new byte[] {(byte) random.nextInt(256)}, to);
      default -> joined(event, at, Arrays.copyOfRange(event, at, to), at);
    };
  }

  private static byte[] joined(byte[] event, int head, byte[] middle, int tail) {
    byte[] out = Arrays.copyOf(event, head + middle.length + event.length - tail);
    System.arraycopy(middle, 0, out, head, middle.length);
    System.arraycopy(event, tail, out, head + middle.length, event.length - tail);
    return out;
  }
}

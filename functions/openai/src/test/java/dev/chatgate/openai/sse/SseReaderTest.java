package dev.chatgate.openai.sse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SseReaderTest {
  private static final int MAX_BYTES = 1024 * 1024;

  private record Seen(String raw, String name, String data) {}

  private static Seen seen(SseEvent event) {
    var data = event.data();
    return new Seen(
        new String(event.toByteArray(), StandardCharsets.UTF_8),
        event.name(),
        event.hasData()
            ? new String(data.bytes(), data.offset(), data.length(), StandardCharsets.UTF_8)
            : "(none)");
  }

  private static List<Seen> read(byte[] bytes, int size) throws IOException {
    return read(new SlicedStream(bytes, () -> size));
  }

  private static List<Seen> read(InputStream in) throws IOException {
    var reader = new SseReader(MAX_BYTES);
    var seen = new ArrayList<Seen>();
    while (reader.fill(in)) {
      takeAll(reader, seen);
    }
    takeAll(reader, seen);
    reader.rest().ifPresent(rest -> seen.add(seen(rest)));
    return seen;
  }

  private static void takeAll(SseReader reader, List<Seen> seen) {
    for (var event = reader.next(); event != null; event = reader.next()) {
      seen.add(seen(event));
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String joined(List<Seen> seen) {
    var all = new StringBuilder();
    seen.forEach(event -> all.append(event.raw));
    return all.toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4096})
  void everyFramingGivesTheSameEventsWhateverTheReads(int size) throws IOException {
    for (String end : List.of("\n", "\r", "\r\n")) {
      var text =
          ("data: {\"a\":\"é€😀\"}§§: beat§id: 7§event: x§data:1§data: 2§data§§event: ping§§"
                  + "data: [DONE]§§")
              .replace("§", end);
      var seen = read(utf8(text), size);
      assertEquals(text, joined(seen));
      assertEquals(
          List.of("{\"a\":\"é€😀\"}", "1\n2\n", "[DONE]"),
          seen.stream().map(Seen::data).filter(data -> !data.equals("(none)")).toList());
      assertEquals(
          List.of("x", "ping"),
          seen.stream().map(Seen::name).filter(name -> !name.isEmpty()).toList());
    }
  }

  @Test
  void anEventIsHandedOutWhenItsBlankLineIsThere() throws IOException {
    var reader = new SseReader(MAX_BYTES);
    var halves = List.of("data: a\n", "\ndata: b\n\ndata: c");
    assertTrue(reader.fill(new ByteArrayInputStream(utf8(halves.getFirst()))));
    assertEquals(null, reader.next());
    assertTrue(reader.fill(new ByteArrayInputStream(utf8(halves.getLast()))));
    var seen = new ArrayList<Seen>();
    takeAll(reader, seen);
    assertEquals(List.of("a", "b"), seen.stream().map(Seen::data).toList());
  }

  @Test
  void aCommentAloneIsHandedOutWhenItsLineEnds() throws IOException {
    var reader = new SseReader(MAX_BYTES);
    assertTrue(reader.fill(new ByteArrayInputStream(utf8(": still there\n"))));
    var seen = new ArrayList<Seen>();
    takeAll(reader, seen);
    assertEquals(List.of(new Seen(": still there\n", "", "(none)")), seen);
  }

  @Test
  void anEventThatEndsWithCarriageReturnsIsNotHeldBack() throws IOException {
    var reader = new SseReader(MAX_BYTES);
    assertTrue(reader.fill(new ByteArrayInputStream(utf8("data: a\r\r"))));
    var event = reader.next();
    assertTrue(event != null && event.length() == 9);
  }

  @Test
  void aLineEndThatIsCutInTwoStaysInItsEvent() throws IOException {
    var in =
        new SequenceInputStream(
            new ByteArrayInputStream(utf8("data: a\r\n\r")),
            new ByteArrayInputStream(utf8("\ndata: b\r\n\r\n")));
    assertEquals(
        List.of("data: a\r\n\r\n", "data: b\r\n\r\n"), read(in).stream().map(Seen::raw).toList());
  }

  @Test
  void theHalfOfALineEndAtTheEndOfTheStreamEndsTheEvent() throws IOException {
    var seen = read(utf8("data: a\r\n\r"), 4096);
    assertEquals(List.of(new Seen("data: a\r\n\r", "", "a")), seen);
  }

  @Test
  void aByteOrderMarkBeforeTheFirstFieldIsNotPartOfIt() throws IOException {
    var seen = read(utf8("\uFEFFdata: a\n\n"), 1);
    assertEquals(List.of(new Seen("\uFEFFdata: a\n\n", "", "a")), seen);
  }

  @Test
  void whatStandsBehindTheLastBlankLineIsTheRest() throws IOException {
    var seen = read(utf8("data: a\n\ndata: {\"x"), 5);
    assertEquals(new Seen("data: {\"x", "", "{\"x"), seen.getLast());
  }

  @Test
  void bytesOfTheDataKnowWhereTheyCameFrom() throws IOException {
    var reader = new SseReader(MAX_BYTES);
    assertTrue(
        reader.fill(new ByteArrayInputStream(utf8(": c\ndata: ab\r\nid: 1\ndata:cd\ndata: \n\n"))));
    assertTrue(reader.next() != null);
    var event = reader.next();
    assertTrue(event != null);
    var data = event.data();
    assertEquals(
        "ab\ncd\n", new String(data.bytes(), data.offset(), data.length(), StandardCharsets.UTF_8));
    var origin = new StringBuilder();
    for (int i = 0; i < data.length(); i++) {
      origin.append((char) event.buffer()[data.origin(data.offset() + i)]);
    }
    assertEquals("ab\rcd\n", origin.toString());
  }

  @Test
  void anEventAboveTheLimitIsRefusedBeforeItIsHeld() {
    var reader = new SseReader(100_000);
    var in = new SlicedStream(utf8("data: " + "x".repeat(300_000)), () -> 4096);
    assertThrows(
        SseTooLargeException.class,
        () -> {
          while (reader.fill(in)) {
            assertEquals(null, reader.next());
          }
        });
  }

  @Test
  void aHundredThousandEventsPassThroughOneSmallBuffer() throws IOException {
    byte[] event = utf8("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"tok\"}}]}\n\n");
    var in =
        new InputStream() {
          private long left = 100_000L * event.length;
          private int at;

          @Override
          public int read() {
            throw new UnsupportedOperationException();
          }

          @Override
          public int read(byte[] target, int offset, int length) {
            int count = (int) Math.min(left, Math.min(length, 1460));
            for (int i = 0; i < count; i++) {
              target[offset + i] = event[at];
              at = (at + 1) % event.length;
            }
            left -= count;
            return count == 0 ? -1 : count;
          }
        };
    var reader = new SseReader(MAX_BYTES);
    int events = 0;
    int largest = 0;
    while (reader.fill(in)) {
      for (var next = reader.next(); next != null; next = reader.next()) {
        events++;
        largest = Math.max(largest, next.buffer().length);
      }
    }
    assertEquals(100_000, events);
    assertTrue(largest <= 32 * 1024, "the buffer grew to " + largest);
  }

  @Test
  void anyBytesComeOutAsTheyWentInAndTheReadsDoNotMatter() throws IOException {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int run = 0; run < 20_000; run++) {
      byte[] bytes = noise(random);
      var whole = read(new ByteArrayInputStream(bytes));
      var sliced = read(new SlicedStream(bytes, () -> 1 + random.nextInt(5)));
      var what = "seed " + seed + ", run " + run;
      assertArrayEquals(bytes, bytesOf(bytes, random), what);
      assertEquals(data(whole), data(sliced), what);
    }
  }

  private static List<String> data(List<Seen> seen) {
    return seen.stream()
        .filter(event -> !event.data.equals("(none)"))
        .map(event -> event.name + "|" + event.data)
        .toList();
  }

  private static byte[] bytesOf(byte[] bytes, Random random) throws IOException {
    var reader = new SseReader(MAX_BYTES);
    var out = new ByteArrayOutputStream();
    var in = new SlicedStream(bytes, () -> 1 + random.nextInt(7));
    while (reader.fill(in)) {
      for (var event = reader.next(); event != null; event = reader.next()) {
        out.writeBytes(event.toByteArray());
      }
    }
    for (var event = reader.next(); event != null; event = reader.next()) {
      out.writeBytes(event.toByteArray());
    }
    reader.rest().ifPresent(rest -> out.writeBytes(rest.toByteArray()));
    assertFalse(reader.fill(in));
    return out.toByteArray();
  }

  private static byte[] noise(Random random) {
    var pieces =
        List.of(
            "data",
            "event",
            "id",
            ":",
            " ",
            "\n",
            "\r",
            "\r\n",
            "\n\n",
            "\r\r",
            "x",
            "é",
            "\uFEFF",
            "{}",
            "data: 1\n",
            "\0");
    var out = new ByteArrayOutputStream();
    for (int i = random.nextInt(40); i > 0; i--) {
      if (random.nextInt(12) == 0) {
        out.write(random.nextInt(256));
      } else {
        out.writeBytes(utf8(pieces.get(random.nextInt(pieces.size()))));
      }
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "data: x | EVENTS",
        "data:x | EVENTS",
        "event: a | EVENTS",
        "id: 1 | EVENTS",
        "retry: 1 | EVENTS",
        ": hello | EVENTS",
        "§§data: x | EVENTS",
        "\uFEFF: hello | EVENTS",
        "\uFEFF§data: x | EVENTS",
        "{ | JSON",
        " [ | JSON",
        "§{\"a\":1} | JSON",
        "\uFEFF{ | JSON",
        "da | UNKNOWN",
        "retry | UNKNOWN",
        "\uFEFF | UNKNOWN",
        "'' | UNKNOWN",
        "§ | UNKNOWN",
        "<html> | OTHER",
        "database: x | OTHER",
        "dat: x | OTHER",
        "data | UNKNOWN",
        "DATA: x | OTHER",
        "1 | OTHER",
        "\"data: | OTHER",
        "é | OTHER"
      })
  void theOpeningShowsWhatTheBodyIs(String begin, SseReader.Opening opening) throws IOException {
    byte[] bytes = begin.replace('§', '\n').getBytes(StandardCharsets.UTF_8);
    for (int size : List.of(1, 4096)) {
      var reader = new SseReader(MAX_BYTES);
      var in = new SlicedStream(bytes, () -> size);
      assertEquals(SseReader.Opening.UNKNOWN, reader.opening());
      while (reader.fill(in)) {
        // To the end.
      }
      assertEquals(opening, reader.opening());
      assertArrayEquals(bytes, reader.unread().readAllBytes());
    }
  }
}

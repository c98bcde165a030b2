package dev.chatgate.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamReaderTest {
  @Test
  void everyChunkOfThePacedProviderArrivesAfterItWasWrittenAndInOrder() throws IOException {
    try (var provider = new PacedProvider()) {
      var arrivals =
          new ChatClient(provider.baseUrl(), "any")
              .post(
                  PacedProvider.request(Duration.ofMillis(1), 5),
                  (_, _, body) -> StreamReader.read(body));
      assertEquals(List.of(1L, 2L, 3L, 4L, 5L), List.copyOf(arrivals.keySet()));
      arrivals.forEach((number, at) -> assertTrue(at > provider.writtenAt(number)));
    }
  }

  @Test
  void aStreamWithoutItsEndIsNoMeasurement() {
    var cut = "data: {\"choices\":[{\"delta\":{\"content\":\"1 \"}}]}\n\n";
    var in = new ByteArrayInputStream(cut.getBytes(StandardCharsets.UTF_8));
    assertThrows(IOException.class, () -> StreamReader.read(in));
  }
}

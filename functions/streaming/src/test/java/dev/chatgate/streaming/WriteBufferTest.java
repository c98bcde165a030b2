package dev.chatgate.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of an HTTP chunk. */
final class WriteBufferTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 9, 10, 15, 16, 17, 255, 256, 4095, 4096, 32768, 65535, 65536, 1048577})
  void aChunkIsItsSizeInHexAndItsBytes(int size) throws IOException {
    WriteBuffer frame = new WriteBuffer();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    frame.chunk(ScriptedHandler.filled(size), 0, size).send(out);
    assertEquals(
        Integer.toHexString(size) + "\r\n" + "x".repeat(size) + "\r\n",
        out.toString(StandardCharsets.US_ASCII));
    out.reset();
    frame.line("again").send(out);
    assertEquals("again\r\n", out.toString(StandardCharsets.US_ASCII));
  }
}

package dev.chatgate.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The exact bytes of each socket write. */
final class ResponseStreamTest {

  private static final String REQUEST =
      """
      POST /2018-06-01/runtime/invocation/id-1/response HTTP/1.1\r
      Host: host:1\r
      User-Agent: chatgate-streaming\r
      Content-Type: application/vnd.awslambda.http-integration-response\r
      Lambda-Runtime-Function-Response-Mode: streaming\r
      Transfer-Encoding: chunked\r
      Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r
      \r
      """;
  private static final String PRELUDE =
      "27\r\n{\"statusCode\":200,\"headers\":{}}" + "\0".repeat(8) + "\r\n";

  private final Recorder recorder = new Recorder();
  private final ResponseStream response = new ResponseStream(new RuntimeApi(recorder), "id-1");

  @Test
  void theHeadIsSentWithTheFirstChunkAndEachFurtherChunkInOneWrite() throws Exception {
    response.head(200, Map.of());
    assertEquals(List.of(), recorder.writes);
    response.write(bytes("hello"));
    response.write(bytes("big world"), 4, 5);
    response.end();
    response.complete(null);
    assertEquals(
        List.of(REQUEST + PRELUDE + "5\r\nhello\r\n", "5\r\nworld\r\n", "0\r\n\r\n"),
        recorder.writes);
  }

  @Test
  void anEmptyAnswerIsSentInOneWrite() throws Exception {
    response.head(200, Map.of());
    response.end();
    assertEquals(List.of(REQUEST + PRELUDE + "1\r\n\n\r\n0\r\n\r\n"), recorder.writes);
  }

  @Test
  void theErrorTrailersAreSentInOneWrite() throws Exception {
    response.head(200, Map.of());
    response.write(bytes("x"));
    Exception error = new IllegalStateException("unsaid");
    error.setStackTrace(new StackTraceElement[0]);
    response.fail(error);
    String json =
        "eyJlcnJvck1lc3NhZ2UiOiJqYXZhLmxhbmcuSWxsZWdhbFN0YXRlRXhjZXB0aW9uIiwiZXJyb3JUeXBlIjoiamF2"
            + "YS5sYW5nLklsbGVnYWxTdGF0ZUV4Y2VwdGlvbiIsInN0YWNrVHJhY2UiOltdfQ==";
    assertEquals(
        "0\r\n"
            + "Lambda-Runtime-Function-Error-Type: Runtime.UserException\r\n"
            + "Lambda-Runtime-Function-Error-Body: "
            + json
            + "\r\n\r\n",
        recorder.writes.getLast());
  }

  @Test
  void anErrorBeforeTheFirstByteIsSentInOneWriteWithoutTheHead() throws Exception {
    response.head(200, Map.of());
    response.fail(new IllegalStateException("unsaid"));
    assertEquals(1, recorder.writes.size());
    String start = "POST /2018-06-01/runtime/invocation/id-1/error HTTP/1.1\r\nHost: host:1\r\n";
    assertTrue(recorder.writes.getFirst().startsWith(start));
  }

  @Test
  void aHeadLargerThanAChunkIsSentCompletely() throws Exception {
    String value = "v".repeat(100_000);
    response.head(200, Map.of("x", value));
    response.write(bytes("y"));
    String json = "{\"statusCode\":200,\"headers\":{\"x\":\"" + value + "\"}}" + "\0".repeat(8);
    assertEquals(
        List.of(REQUEST + Integer.toHexString(json.length()) + "\r\n" + json + "\r\n1\r\ny\r\n"),
        recorder.writes);
  }

  @Test
  void aRangeOutsideOfTheArrayIsRefusedAndNothingSent() throws Exception {
    response.head(200, Map.of());
    for (int[] range : new int[][] {{-1, 1}, {0, 4}, {3, 1}, {1, -1}, {Integer.MAX_VALUE, 1}}) {
      assertThrows(
          IndexOutOfBoundsException.class, () -> response.write(new byte[3], range[0], range[1]));
    }
    assertEquals(List.of(), recorder.writes);
  }

  @Test
  void anUnreachableRuntimeApiIsAnIoExceptionFromEveryCall() throws Exception {
    recorder.reachable = false;
    response.head(200, Map.of());
    assertThrows(IOException.class, () -> response.write(bytes("x")));
    recorder.reachable = true;
    assertThrows(IOException.class, () -> response.write(bytes("x")));
    assertThrows(IOException.class, response::end);
    response.complete(new IOException());
    assertEquals(List.of(), recorder.writes);
  }

  @Test
  void anErrorThatCannotBeReportedIsAnIoException() throws Exception {
    recorder.reachable = false;
    assertThrows(IOException.class, () -> response.fail(new IllegalStateException()));
    recorder.reachable = true;
    response.complete(null);
    assertEquals(List.of(), recorder.writes);
  }

  /** The limit of a second answer shows when the first limit has passed. */
  @Test
  void aLaterLimitReplacesAnEarlierOneAndEndsWithTheAnswer() throws Exception {
    response.head(200, Map.of());
    response.endWithin(Duration.ofMillis(50));
    response.endWithin(Duration.ofHours(1));
    Recorder endedRecorder = new Recorder();
    ResponseStream ended = new ResponseStream(new RuntimeApi(endedRecorder), "id-2");
    ended.head(200, Map.of());
    ended.endWithin(Duration.ofMillis(50));
    ended.end();
    ResponseStream other = new ResponseStream(new RuntimeApi(new Recorder()), "id-3");
    other.head(200, Map.of());
    other.endWithin(Duration.ofMillis(100));
    awaitTimeOut(other);
    response.write(bytes("x"));
    response.end();
    ended.complete(null);
    assertFalse(ended.wasLost());
    response.complete(null);
    assertFalse(response.wasLost());
  }

  private static void awaitTimeOut(ResponseStream answer) {
    IOException late = null;
    while (late == null) {
      try {
        answer.write(new byte[0]);
      } catch (IOException e) {
        late = e;
      }
    }
    assertEquals("The time limit of the answer has passed", late.getMessage());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Records each write separately and accepts every request. */
  private static final class Recorder extends OutputStream implements Connector {

    private final List<String> writes = new ArrayList<>();
    private boolean reachable = true;

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      byte[] written = Arrays.copyOfRange(bytes, offset, offset + length);
      writes.add(new String(written, StandardCharsets.UTF_8));
    }

    @Override
    public Connection open() throws IOException {
      if (!reachable) {
        throw new IOException("unreachable");
      }
      byte[] reply = bytes("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
      return new Connection(new ByteArrayInputStream(reply), this);
    }

    @Override
    public String host() {
      return "host:1";
    }
  }
}

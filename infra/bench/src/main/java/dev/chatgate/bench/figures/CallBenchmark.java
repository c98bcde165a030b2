package dev.chatgate.bench.figures;

import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.streaming.InvocationContext;
import dev.chatgate.streaming.ResponseChannel;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One whole call through the streaming entry of the real application, which finds what it talks to
 * in the environment as on Lambda. The runtime around it has a test of its own.
 */
@State(Scope.Benchmark)
public class CallBenchmark {
  /** Names the folder with the door's event for each number of events. */
  static final String EVENTS = "BENCH_EVENTS";

  private static final Duration TIME = Duration.ofMinutes(10);

  /** Events of the answer; 0 is a plain call. */
  @Param("0")
  public int events;

  private @Nullable StreamHandler handler;
  private byte[] event = {};

  /** Starts the application. */
  @Setup
  public void start() throws IOException {
    var console = System.out;
    // The line of each call is made and written, and nobody has to carry it on.
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    handler = new StreamHandler();
    System.setOut(console);
    event = Files.readAllBytes(Path.of(System.getenv(EVENTS), Integer.toString(events)));
  }

  /**
   * The call.
   *
   * @return bytes of the answer
   */
  @Benchmark
  public long call() {
    if (handler == null) {
      throw new IllegalStateException("not started");
    }
    var answer = new Answered();
    handler.handle(
        event,
        new InvocationContext("bench", Instant.now().plus(TIME), "", Optional.empty()),
        answer);
    return answer.bytes;
  }

  /** Counts an answer, which has to be a 200. */
  private static final class Answered implements ResponseChannel {
    private long bytes;

    @Override
    public void head(int status, Map<String, String> headers, List<String> cookies) {
      if (status != 200) {
        throw new IllegalStateException("answered with " + status);
      }
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {
      bytes += length;
    }

    @Override
    public void end() {}

    @Override
    public void fail(Throwable error) {
      throw new IllegalStateException("the answer failed", error);
    }
  }
}

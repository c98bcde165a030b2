package dev.chatgate.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.warmup.WarmUpRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A call that goes well makes no exception, thrown or not: its stack alone would cost more than
 * most of what the gateway does. Those of the call's own thread count, for other threads may have
 * something of another test to end.
 */
class ExceptionsTest {
  private static final int CALLS = 20;

  /** The virtual machine's own records: every {@code Throwable} that is made counts. */
  private static final List<String> MADE = List.of("jdk.JavaExceptionThrow", "jdk.JavaErrorThrow");

  @TempDir Path folder;

  @Test
  void aCallThatGoesWellMakesNone() throws Exception {
    try (var application = new FakeBackendApplication(UnaryOperator.identity())) {
      call(application, 1);
      assertEquals(List.of(), made(() -> call(application, CALLS)));
    }
  }

  @Test
  void oneThatIsMadeAndNotThrownIsSeen() throws Exception {
    var made = made(() -> assertEquals("", new IllegalStateException("").getMessage()));
    assertEquals(1, made.size(), made::toString);
  }

  private List<String> made(Runnable work) throws IOException {
    var file = folder.resolve("made.jfr");
    try (var recording = new Recording()) {
      MADE.forEach(event -> recording.enable(event).withStackTrace().withThreshold(Duration.ZERO));
      recording.start();
      work.run();
      recording.stop();
      recording.dump(file);
    }
    long here = Thread.currentThread().threadId();
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getThread().getJavaThreadId() == here)
        .map(RecordedEvent::toString)
        .toList();
  }

  private static void call(FakeBackendApplication application, int times) {
    var api = new ApiHandler(application.gateway(), InstantSource.system());
    var stream = new StreamHandler(application.gateway());
    for (int i = 0; i < times; i++) {
      for (var scene : WarmUpRequest.OFTEN) {
        var event = new String(scene.event(Instant.now()), UTF_8);
        assertEquals(200, Entries.buffered(api, event).status());
        assertEquals(200, Entries.streamed(stream, event).status());
      }
    }
  }
}

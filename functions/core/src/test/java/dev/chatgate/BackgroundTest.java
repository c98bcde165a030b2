package dev.chatgate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BackgroundTest {
  private static final Logger LOG = Logger.getLogger(Background.class.getName());

  private final List<Throwable> uncaught = new ArrayList<>();
  private final List<String> logged = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          logged.add(MessageFormat.format(line.getMessage(), line.getParameters()));
          assertEquals(null, line.getThrown());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    Thread.setDefaultUncaughtExceptionHandler((_, e) -> uncaught.add(e));
    LOG.setUseParentHandlers(false);
    LOG.addHandler(handler);
  }

  @AfterEach
  void stop() {
    Thread.setDefaultUncaughtExceptionHandler(null);
    LOG.removeHandler(handler);
    LOG.setUseParentHandlers(true);
  }

  @Test
  void aFailureIsLoggedByItsClassAlone() throws InterruptedException {
    Background.start(
            "refresh",
            () -> {
              throw new IllegalStateException("quotes SECRET");
            })
        .join();
    Background.start(
            "refresh",
            () -> {
              throw new AssertionError("quotes SECRET");
            })
        .join();
    assertEquals(
        List.of(
            "refresh failed: java.lang.IllegalStateException",
            "refresh failed: java.lang.AssertionError"),
        logged);
    assertEquals(List.of(), uncaught);
  }

  @Test
  void workThatSucceedsSaysNothing() throws InterruptedException {
    var done = new ArrayList<String>();
    Background.start("refresh", () -> done.add("done")).join();
    assertEquals(List.of("done"), done);
    assertEquals(List.of(), logged);
  }
}

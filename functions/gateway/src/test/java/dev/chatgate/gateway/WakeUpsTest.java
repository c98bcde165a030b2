package dev.chatgate.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.warmup.WarmUpRequest;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A call wakes no thread that only watches the time. */
class WakeUpsTest {
  private static final int WARM_UP = 20;
  private static final int CALLS = 200;

  /**
   * The timer wakes each second by itself; set by each call, it would wake three times as often as
   * there are calls.
   */
  private static final int MOST = 60;

  @Test
  void settingTheStoresLimitsWakesNobody() throws Exception {
    try (var application = new FakeBackendApplication(UnaryOperator.identity())) {
      var handler = new StreamHandler(application.gateway());
      call(handler, WARM_UP);
      long before = wakeUps();
      assertTrue(before > 0, "no timer runs");
      call(handler, CALLS);
      long more = wakeUps() - before;
      assertTrue(more < MOST, () -> more + " wake-ups in " + CALLS + " calls");
    }
  }

  private static void call(StreamHandler handler, int calls) {
    for (int i = 0; i < calls; i++) {
      var event = new String(WarmUpRequest.OFTEN.getFirst().event(Instant.now()), UTF_8);
      assertEquals(200, Entries.streamed(handler, event).status());
    }
  }

  private static long wakeUps() {
    var threads = ManagementFactory.getThreadMXBean();
    return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
        .filter(thread -> thread != null && thread.getThreadName().equals("aws-timer"))
        .mapToLong(ThreadInfo::getWaitedCount)
        .sum();
  }
}

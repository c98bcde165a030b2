package dev.chatgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.cli.CommandRunner.Result;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import dev.chatgate.time.TestClock;
import dev.chatgate.usage.TokenCounts;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands whose output cannot be written. */
class FullDiskTest {
  private static final TestClock CLOCK = new TestClock(Instant.parse("2026-11-20T10:00:00Z"));
  private static final Tenant ACME =
      new Tenant(
          new TenantId("acme"),
          TenantStatus.ACTIVE,
          Quota.UNLIMITED,
          Optional.empty(),
          Map.of(),
          Optional.empty());

  @SuppressWarnings("NullAway.Init")
  private static FakeAws aws;

  @SuppressWarnings("NullAway.Init")
  private static Traffic traffic;

  @BeforeAll
  static void start() {
    aws = new FakeAws(CLOCK);
    traffic = new Traffic(aws.client(), CLOCK);
    operator().run("tenant", "create", "acme", "--local");
    call();
  }

  @AfterAll
  static void stop() {
    aws.close();
  }

  private static void call() {
    traffic.call(ACME, "m", Optional.empty(), new TokenCounts(1, 0, 1));
  }

  private static CommandRunner operator() {
    return new CommandRunner().with("CHATGATE_AWS_PORT", aws.port()).at(CLOCK).pausing(CLOCK);
  }

  private static Result run(CommandRunner operator, String line) throws IOException {
    try (var full = new FileOutputStream("/dev/full")) {
      return operator.runInto(full, line.split(" "));
    }
  }

  @EnabledOnOs(OS.LINUX)
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "--version",
        "completion",
        "tenant list --local",
        "tenant show acme --local",
        "price list --local",
        "usage report --local",
        "usage report --csv --local",
        "usage report --json --local",
        "reconcile --local"
      })
  void outputOntoAFullDiskIsAnError(String line) throws IOException {
    var result = run(operator(), line);
    assertEquals(
        new Result(2, "", "Cannot write to standard output: No space left on device.\n"), result);
  }

  @EnabledOnOs(OS.LINUX)
  @Test
  void tailEndsOnAFullDisk() throws IOException {
    var polls = new int[1];
    var operator =
        operator()
            .pausing(duration -> {
              CLOCK.advance(duration);
              call();
              if (++polls[0] > 10) {
                Thread.currentThread().interrupt();
              }
            });
    var result = run(operator, "usage tail --json --local");
    assertFalse(Thread.interrupted());
    assertEquals(1, polls[0]);
    assertEquals(2, result.exitCode(), result.err());
    assertTrue(
        result.err().endsWith("Cannot write to standard output: No space left on device.\n"),
        result.err());
  }

  @EnabledOnOs(OS.LINUX)
  @Test
  void aPageOntoAFullDiskIsAnError() {
    var result = operator().run("usage", "report", "--html", "/dev/full", "--local");
    assertEquals(
        new Result(2, "", "Cannot write file /dev/full: No space left on device.\n"), result);
  }

  /** As in {@code | head}. */
  @Test
  void aReaderThatClosesThePipeIsNoError() {
    var closed =
        new OutputStream() {
          @Override
          public void write(int single) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    var result = operator().runInto(closed, "usage", "report", "--local");
    assertEquals(new Result(0, "", ""), result);
  }

  @Test
  void outputThatIsWrittenIsComplete() {
    var out = new ByteArrayOutputStream();
    var result = operator().runInto(out, "usage", "report", "--csv", "--local");
    assertEquals(0, result.exitCode(), result.err());
    assertEquals(
        operator().run("usage", "report", "--csv", "--local").out(),
        out.toString(StandardCharsets.UTF_8));
  }
}

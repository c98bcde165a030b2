package dev.chatgate.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.gateway.settings.Settings;
import dev.chatgate.gateway.wiring.GatewayFactory;
import dev.chatgate.openai.error.ErrorCode;
import io.micronaut.context.BeanContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every scenario of the {@code events} folder at both entries. The application is that of a
 * deployment, except for the addresses of AWS and of the provider.
 */
class GoldenEventsTest {
  static final Path FOLDER = Path.of("../../events");
  private static final GoldenSurroundings SURROUNDINGS = new GoldenSurroundings();

  @BeforeAll
  static void giveTheClientsTheirAddresses() {
    SURROUNDINGS.systemProperties().forEach(System::setProperty);
  }

  @AfterAll
  static void stopTheSurroundings() throws Exception {
    SURROUNDINGS.systemProperties().keySet().forEach(System::clearProperty);
    SURROUNDINGS.close();
  }

  static List<GoldenEvent> events() throws IOException {
    return GoldenEvent.all(FOLDER);
  }

  @ParameterizedTest
  @MethodSource("events")
  void theBufferedEntryAnswersAsExpected(GoldenEvent golden) throws Exception {
    try (var context = application(golden)) {
      var handler = new ApiHandler(context);
      for (var earlier : golden.before(FOLDER)) {
        Entries.buffered(handler, event(earlier, golden, context));
      }
      golden.check(Entries.buffered(handler, event(golden.event(), golden, context)));
    }
  }

  @ParameterizedTest
  @MethodSource("events")
  void theStreamingEntryAnswersAsExpected(GoldenEvent golden) throws Exception {
    try (var context = application(golden)) {
      var handler = new StreamHandler(context);
      for (var earlier : golden.before(FOLDER)) {
        Entries.streamed(handler, event(earlier, golden, context));
      }
      golden.check(Entries.streamed(handler, event(golden.event(), golden, context)));
    }
  }

  /**
   * Fails for an error code without an event, and for an event with a removed code. Only {@code
   * internal_error} has no event, because no event, provider answer or stored item may cause a
   * defect.
   */
  @Test
  void everyCodeHasAnEventWithItsStatusAndNoOtherDoes() throws IOException {
    var expected = new TreeMap<String, Set<Integer>>();
    for (var code : ErrorCode.values()) {
      expected.put(code.wireName(), new TreeSet<>(Set.of(code.status())));
    }
    expected.remove(ErrorCode.INTERNAL_ERROR.wireName());
    expected.put("insufficient_quota", new TreeSet<>(Set.of(402, 429)));
    var found = new TreeMap<String, Set<Integer>>();
    for (var golden : events()) {
      golden
          .expectation()
          .refusal()
          .ifPresent(refusal ->
              found.computeIfAbsent(refusal.code(), _ -> new TreeSet<>()).add(refusal.status()));
    }
    assertEquals(expected, found);
  }

  /** Each failure of the provider after the first byte must have an event. */
  @Test
  void everyCodeThatCanBreakAStreamHasAnEvent() throws IOException {
    var found = new TreeSet<String>();
    for (var golden : events()) {
      golden.expectation().brokenBy().ifPresent(found::add);
    }
    assertEquals(
        Set.of(
            "upstream_auth",
            "upstream_error",
            "upstream_incomplete",
            "upstream_invalid_response",
            "upstream_timeout"),
        found);
  }

  @Test
  void everyStatusThatPassesHasAnEvent() throws IOException {
    var found = new TreeSet<Integer>();
    for (var golden : events()) {
      golden.expectation().passes().ifPresent(found::add);
    }
    assertEquals(Set.of(400, 404, 409, 413, 415, 422), found);
  }

  @Test
  void anEventWithoutAnExpectationIsAnError(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("lonely.json"), "{}");

    assertThrows(IOException.class, () -> GoldenEvent.all(folder));
  }

  @Test
  void anExpectationWithoutAnEventIsAnError(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("lonely.expected.json"), "{}");

    assertThrows(IOException.class, () -> GoldenEvent.all(folder));
  }

  @Test
  void thereAreEvents() throws IOException {
    assertFalse(events().isEmpty());
  }

  /** The event with the client secret of a scenario. */
  private static String event(String event, GoldenEvent golden, BeanContext application) {
    return GoldenClientSecret.into(
        event, golden.expectation().member("client_secret"), application);
  }

  private static BeanContext application(GoldenEvent golden) throws IOException {
    return GatewayFactory.start(Settings.from(SURROUNDINGS.environment(golden.expectation())));
  }
}

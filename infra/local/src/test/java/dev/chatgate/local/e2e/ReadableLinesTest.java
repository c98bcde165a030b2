package dev.chatgate.local.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.local.ReadableLog;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The lines that the packages really print are the ones that {@link ReadableLog} knows. */
class ReadableLinesTest {
  private static final String TIME = "\\d\\d:\\d\\d:\\d\\d ";
  private static final String END = " \\d+\\.\\d s req_[0-9a-z]+";

  private static PackagedStack stack;

  @BeforeAll
  static void start() {
    stack = PackagedStack.start(Map.of());
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @Test
  void aCallAndARefusalAndACutStreamAreShortLines() throws Exception {
    for (String door : stack.doors()) {
      send(PackagedStack.chat(door, "cg_demo", body("local/chat", false)));
      send(PackagedStack.chat(door, "cg_demo", body("local/cut", true)));
      send(PackagedStack.chat(door, "cg_wrong", body("local/chat", false)));
      send(HttpRequest.newBuilder(URI.create(door + "/nowhere")).build());
    }
    for (String expected :
        List.of(
            "POST chat 200 demo local/chat \\d+\\+\\d+ tokens",
            "POST chat 200 cut upstream_incomplete demo local/cut about \\d+\\+\\d+ tokens",
            "POST chat 401 invalid_api_key",
            "GET \\? 404 unknown_url")) {
      awaitLines(expected, stack.doors().size());
    }
    assertTrue(readable().stream().noneMatch(line -> line.contains("{")), readable().toString());
  }

  private static void send(HttpRequest request) throws Exception {
    var _ = stack.http().send(request, BodyHandlers.discarding());
  }

  private static String body(String model, boolean streamed) {
    return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":50,\"stream\":%s}"
        .formatted(model, streamed);
  }

  /** A streamed call is logged after its last byte. */
  private static void awaitLines(String expected, int count) {
    var line = Pattern.compile(TIME + expected + END).asMatchPredicate();
    PackagedStack.await(
        () -> readable().stream().filter(line).count() == count,
        () -> expected + " is not in " + readable());
  }

  private static List<String> readable() {
    var lines = new ArrayList<String>();
    stack.log().forEach(new ReadableLog(lines::add, Clock.systemUTC()));
    return lines;
  }
}

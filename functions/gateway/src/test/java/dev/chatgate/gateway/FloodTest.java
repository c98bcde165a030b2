package dev.chatgate.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.gateway.wiring.Prefetch;
import dev.chatgate.warmup.WarmUpRequest;
import dev.chatgate.warmup.fake.FakeBackend;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What requests without a credential make the application do: requests to AWS, and memory. */
class FloodTest {
  private static final Duration AMPLE = Duration.ofSeconds(30);
  private static final int FLOOD = 200;
  private static final String EDGE = "warm-up-edge-warm-up-edge-warm-up-edge";

  /** Memory is the measure of a refusal's work that does not depend on the machine. */
  private static final long MAX_BYTES_ALLOCATED = 40 * 1024;

  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  /** A store whose keys are all generated ones, and a signing secret with an edge secret. */
  private FakeBackend.Script noted(FakeBackend.Script usual) {
    return (path, headers, body) -> {
      var target = headers.getOrDefault("x-amz-target", path);
      asked.add(target.substring(target.lastIndexOf('.') + 1));
      var reply = usual.to(path, headers, body);
      return new FakeBackend.Reply(
          reply.status(),
          reply.contentType(),
          reply.pieces().stream().map(FloodTest::own).toList());
    };
  }

  private static String own(String json) {
    return json.replace("\"any_key_form\":{\"BOOL\":true}", "\"any_key_form\":{\"BOOL\":false}")
        .replace(
            "\\\"}\",\"CreatedDate\"",
            "\\\",\\\"edge\\\":[\\\"" + EDGE + "\\\"]}\",\"CreatedDate\"");
  }

  private FakeBackendApplication application(boolean edgeSecret) throws Exception {
    var application = new FakeBackendApplication(this::noted, edgeSecret);
    new Prefetch(application.context()).fetch(AMPLE);
    asked.clear();
    return application;
  }

  private static String event(String token) {
    var usual = WarmUpRequest.FREQUENT.getFirst();
    return new String(
        new WarmUpRequest(usual.method(), usual.path(), token, usual.body(), 401)
            .event(Instant.now()),
        UTF_8);
  }

  private static String withEdge(String event, String value) {
    return event.replace("\"headers\":{", "\"headers\":{\"x-chatgate-edge\":\"" + value + "\",");
  }

  private static int buffered(FakeBackendApplication application, String event) {
    var handler = new ApiHandler(application.gateway(), InstantSource.system());
    return Entries.buffered(handler, event).status();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "wrong",
        "sk-0123456789abcdef",
        "cg_",
        "cg_0000000000000000000000000000000000000000000000000000000000000",
        "ek_",
        "ek_a.b.c",
        "eyJ.eyJ.c",
        "a b"
      })
  void aBearerThatCanBeNoCredentialCostsNoReadAtAll(String token) throws Exception {
    try (var application = application(false)) {
      for (int i = 0; i < FLOOD; i++) {
        assertEquals(401, buffered(application, event(token)));
        var streaming = new StreamHandler(application.gateway());
        assertEquals(401, Entries.streamed(streaming, event(token)).status());
      }
      assertEquals(List.of(), asked);
    }
  }

  @Test
  void withAnEdgeSecretNoRequestCostsARead() throws Exception {
    try (var application = application(true)) {
      for (int i = 0; i < FLOOD; i++) {
        assertEquals(403, buffered(application, event("wrong")));
        assertEquals(403, buffered(application, withEdge(event("wrong"), "short")));
        assertEquals(401, buffered(application, withEdge(event("wrong"), EDGE)));
      }
      assertEquals(List.of(), asked, "the prefetch has read the secret");
    }
  }

  @Test
  void aFloodOfMadeUpEdgeSecretsReadsTheSecretOnce() throws Exception {
    try (var application = application(true)) {
      for (int i = 0; i < FLOOD; i++) {
        assertEquals(403, buffered(application, withEdge(event("wrong"), "m".repeat(60) + i)));
      }
      assertEquals(List.of("GetSecretValue"), asked);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRefusalAllocatesLittle(boolean edgeSecret) throws Exception {
    try (var application = application(edgeSecret)) {
      var handler = new ApiHandler(application.gateway(), InstantSource.system());
      var event = event("wrong");
      var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long least = Long.MAX_VALUE;
      for (int i = 0; i < FLOOD; i++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        int status = Entries.buffered(handler, event).status();
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        assertEquals(edgeSecret ? 403 : 401, status);
      }
      assertTrue(least < MAX_BYTES_ALLOCATED, least + " bytes");
    }
  }
}

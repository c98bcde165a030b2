package dev.chatgate.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.chatgate.gateway.Expectation.Answer;
import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.gateway.log.CallLog;
import dev.chatgate.gateway.settings.Settings;
import dev.chatgate.gateway.wiring.AwsClientsFuture;
import dev.chatgate.gateway.wiring.GatewayFactory;
import dev.chatgate.telemetry.MetricSource;
import io.micronaut.context.BeanContext;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The order of checks. A request with several faults is answered with the error of the first one,
 * at both entries, and nothing is reserved. Every combination of faults is tried.
 */
class DoubleFaultsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final GoldenSurroundings SURROUNDINGS = new GoldenSurroundings();
  private static final String CHAT = "/openai/v1/chat/completions";
  private static final String BODY =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":5}";

  /** Faults of a request in the order of the checks, with the expected status and error code. */
  private enum Fault {
    PREFLIGHT(204, ""),
    PATH(404, "unknown_url"),
    METHOD(405, "method_not_allowed"),
    SIZE(413, "request_too_large"),
    KEY(401, "invalid_api_key"),
    SUSPENDED(403, "tenant_suspended"),
    ORIGIN(403, "origin_not_allowed"),
    CONTENT_TYPE(415, "unsupported_media_type"),
    BODY(400, "missing_required_parameter"),
    MODEL(403, "model_not_allowed"),
    QUOTA(429, "rate_limit_exceeded");

    private final int status;
    private final String code;

    Fault(int status, String code) {
      this.status = status;
      this.code = code;
    }
  }

  /** Faults that are caused by the tenant's state and not by the request. */
  private static final Set<Fault> OF_TENANT = EnumSet.of(Fault.SUSPENDED, Fault.MODEL, Fault.QUOTA);

  private final Map<Set<Fault>, BeanContext> applications = new HashMap<>();

  @BeforeAll
  static void giveTheClientsTheirAddresses() {
    SURROUNDINGS.systemProperties().forEach(System::setProperty);
  }

  @AfterAll
  static void stopTheSurroundings() throws Exception {
    SURROUNDINGS.systemProperties().keySet().forEach(System::clearProperty);
    SURROUNDINGS.close();
  }

  @Test
  void theFirstFaultDeterminesTheError() throws IOException {
    var all = Fault.values();
    for (int bits = 1; bits < 1 << all.length; bits++) {
      var faults = EnumSet.noneOf(Fault.class);
      for (int i = 0; i < all.length; i++) {
        if ((bits >> i & 1) == 1) {
          faults.add(all[i]);
        }
      }
      check(faults);
    }
    applications.values().forEach(BeanContext::close);
    assertEquals(0, SURROUNDINGS.requestsAtProvider(), "something reached the provider");
    assertEquals(0, SURROUNDINGS.itemsOfTheLedger(), "something was reserved");
  }

  private void check(EnumSet<Fault> faults) throws IOException {
    var first = faults.iterator().next();
    var event = event(faults);
    var application = application(faults);
    check(faults, first, Entries.buffered(new ApiHandler(application), event));
    check(faults, first, Entries.streamed(new StreamHandler(application), event));
  }

  private static void check(Set<Fault> faults, Fault first, Answer answer) throws IOException {
    var code = JSON.readTree(answer.text()).at("/error/code").asText();
    assertEquals(first.status + first.code, answer.status() + code, faults::toString);
    assertEquals(first == Fault.METHOD, answer.headers().containsKey("allow"), "allow: " + faults);
  }

  private static String event(Set<Fault> faults) {
    var event = JSON.createObjectNode();
    event.put("rawPath", faults.contains(Fault.PATH) ? "/openai/v1/nowhere" : CHAT);
    event.putObject("requestContext").putObject("http").put("method", method(faults));
    var headers = event.putObject("headers");
    headers.put(
        "content-type", faults.contains(Fault.CONTENT_TYPE) ? "text/plain" : "application/json");
    headers.put(
        "origin", "https://" + (faults.contains(Fault.ORIGIN) ? "evil" : "good") + ".example");
    if (!faults.contains(Fault.KEY)) {
      headers.put("authorization", "Bearer cg_demo");
    }
    var body = faults.contains(Fault.BODY) ? "{\"model\":\"m\"}" : BODY;
    event.put("body", body + " ".repeat(faults.contains(Fault.SIZE) ? 300 : 0));
    return event.toString();
  }

  private static String method(Set<Fault> faults) {
    return faults.contains(Fault.PREFLIGHT)
        ? "OPTIONS"
        : faults.contains(Fault.METHOD) ? "PUT" : "POST";
  }

  private BeanContext application(Set<Fault> faults) throws IOException {
    var ofTenant = EnumSet.copyOf(OF_TENANT);
    ofTenant.retainAll(faults);
    var known = applications.get(ofTenant);
    if (known != null) {
      return known;
    }
    var settings = Settings.from(SURROUNDINGS.environment(new Expectation(given(ofTenant))));
    var silent = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    var started =
        GatewayFactory.start(
            settings,
            AwsClientsFuture.started(),
            new CallLog(silent, InstantSource.system(), new MetricSource("test", false)));
    applications.put(ofTenant, started);
    return started;
  }

  private static JsonNode given(Set<Fault> ofTenant) {
    ObjectNode given = JSON.createObjectNode();
    given
        .putObject("settings")
        .put("CHATGATE_MAX_BODY_BYTES", "300")
        .put("CHATGATE_ALLOWED_ORIGINS", "https://good.example");
    var tenant = given.putObject("tenant");
    tenant.put("status", ofTenant.contains(Fault.SUSPENDED) ? "suspended" : "active");
    tenant.putArray("models").add(ofTenant.contains(Fault.MODEL) ? "other" : "*");
    if (ofTenant.contains(Fault.QUOTA)) {
      tenant.putObject("quota").put("tokens_per_minute", 0);
    }
    return given;
  }
}

package dev.chatgate.gateway.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  private static final Map<String, String> LEAST =
      Map.of(
          "CHATGATE_TENANTS_TABLE", "tenants",
          "CHATGATE_QUOTA_TABLE", "quota",
          "CHATGATE_USAGE_TABLE", "usage",
          "CHATGATE_PROVIDER_SECRET", "secret",
          "CHATGATE_SIGNING_SECRET", "signing",
          "UPSTREAM_BASE_URL", "https://provider.example/openai/v1");

  @Test
  void hasADefaultForAllOptionalVariables() {
    var settings = Settings.from(LEAST);
    assertEquals("tenants", settings.tables().tenants());
    assertEquals("secret", settings.providerSecret());
    assertEquals("signing", settings.signingSecret());
    assertEquals(List.of("*"), settings.allowedOrigins());
    assertEquals(Duration.ofMinutes(14), settings.callLimit());
    assertEquals(Duration.ofSeconds(30), settings.cacheFor());
    assertEquals(4_194_304, settings.maxBodyBytes());
    assertEquals(4096, settings.defaultMaxTokens());
    assertEquals(429, settings.spentStatus());
    assertTrue(settings.metrics());
    assertFalse(settings.tenantMetrics());
    assertFalse(settings.playground());
    assertFalse(settings.edgeSecret());
    assertFalse(settings.logCallerAddress());
    assertEquals(URI.create("https://provider.example/openai/v1"), settings.provider().baseUrl());
    assertEquals(Duration.ofSeconds(3), settings.provider().connect());
    assertEquals(Duration.ofMinutes(2), settings.provider().firstByte());
    assertEquals(Duration.ofMinutes(1), settings.provider().idle());
    assertEquals(2, settings.provider().retries());
  }

  @ParameterizedTest
  @CsvSource({
    "CHATGATE_TENANTS_TABLE,''",
    "CHATGATE_QUOTA_TABLE,' '",
    "CHATGATE_USAGE_TABLE,''",
    "CHATGATE_PROVIDER_SECRET,''",
    "CHATGATE_SIGNING_SECRET,' '",
    "UPSTREAM_BASE_URL,''",
    "UPSTREAM_BASE_URL,ftp://x",
    "UPSTREAM_BASE_URL,not a url",
    "UPSTREAM_BASE_URL,/path",
    "CHATGATE_CALL_SECONDS,0",
    "CHATGATE_CALL_SECONDS,ten",
    "CHATGATE_CACHE_SECONDS,-1",
    "CHATGATE_MAX_BODY_BYTES,99999999999999999999",
    "CHATGATE_DEFAULT_MAX_TOKENS,0",
    "CHATGATE_SPENT_STATUS,403",
    "CHATGATE_SPENT_STATUS,410",
    "CHATGATE_LOOPBACK_ISSUERS,true",
    "CHATGATE_EDGE_SECRET,yes",
    "CHATGATE_EDGE_SECRET,ON",
    "CHATGATE_LOG_CALLER_ADDRESS,true",
    "CHATGATE_METRICS,yes",
    "CHATGATE_TENANT_METRICS,yes",
    "UPSTREAM_CONNECT_MS,0",
    "UPSTREAM_FIRST_BYTE_MS,1.5",
    "UPSTREAM_IDLE_MS,x",
    "UPSTREAM_RETRIES,11"
  })
  void namesTheInvalidVariable(String name, String value) {
    var thrown = assertThrows(RuntimeException.class, () -> Settings.from(with(name, value)));
    assertTrue(String.valueOf(thrown.getMessage()).startsWith(name + " "), thrown.getMessage());
  }

  @Test
  void readsEveryVariableThatItLists() {
    var read = new HashSet<String>();
    var variables = new HashMap<>(LEAST);
    for (var name : Settings.VARIABLES) {
      variables.putIfAbsent(name, "429");
    }
    variables.put("CHATGATE_CALL_SECONDS", "7");
    variables.put("UPSTREAM_RETRIES", "1");
    variables.put("CHATGATE_LOOPBACK_ISSUERS", "on");
    variables.put("CHATGATE_METRICS", "off");
    variables.put("CHATGATE_TENANT_METRICS", "on");
    variables.put("CHATGATE_PLAYGROUND", "on");
    variables.put("CHATGATE_EDGE_SECRET", "on");
    variables.put("CHATGATE_LOG_CALLER_ADDRESS", "on");
    Settings.from(new Watched(variables, read));
    assertEquals(Settings.VARIABLES, read);
  }

  @Test
  void originsAreSeparatedByCommas() {
    assertEquals(
        List.of("https://a.example", "https://b.example"),
        Settings.from(with("CHATGATE_ALLOWED_ORIGINS", " https://a.example, https://b.example,"))
            .allowedOrigins());
  }

  private static Map<String, String> with(String name, String value) {
    var variables = new HashMap<>(LEAST);
    variables.put(name, value);
    return variables;
  }

  /** An environment that records which variables are read. */
  private static final class Watched extends HashMap<String, String> {
    private final transient Set<String> read;

    Watched(Map<String, String> variables, Set<String> read) {
      super(variables);
      this.read = read;
    }

    @Override
    public String getOrDefault(Object name, String ifAbsent) {
      read.add((String) name);
      return super.getOrDefault(name, ifAbsent);
    }
  }
}

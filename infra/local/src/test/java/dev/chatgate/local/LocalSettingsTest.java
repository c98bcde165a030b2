package dev.chatgate.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalSettingsTest {

  @Test
  void nothingSetMeansTheDefaults() {
    LocalSettings settings = LocalSettings.from(Map.of("CHATGATE_TENANTS", ""));
    assertEquals(8080, settings.apiPort());
    assertEquals(8081, settings.streamPort());
    assertEquals(8082, settings.awsPort());
    assertEquals(4, settings.instances());
    assertEquals(Duration.ofSeconds(60), settings.reconcileEvery());
    assertFalse(settings.jsonLog());
    assertEquals(Optional.empty(), settings.tenants());
    assertEquals(Optional.empty(), settings.upstreamBaseUrl());
    assertEquals(Map.of("CHATGATE_PLAYGROUND", "on"), settings.forFunctions());
  }

  @Test
  void whatTheFunctionsReadKeepsItsName() {
    var functions =
        Map.of(
            "CHATGATE_ALLOWED_ORIGINS", "https://a.example",
            "CHATGATE_CALL_SECONDS", "5",
            "CHATGATE_LOG_CALLER_ADDRESS", "on",
            "CHATGATE_PLAYGROUND", "off",
            "CHATGATE_SPENT_STATUS", "402",
            "UPSTREAM_IDLE_MS", "100",
            "AWS_LAMBDA_MAX_CONCURRENCY", "64");
    assertEquals(functions, LocalSettings.from(functions).forFunctions());
  }

  @ParameterizedTest
  @CsvSource({"text,false", "json,true"})
  void theLogIsTextOrJson(String value, boolean json) {
    assertEquals(json, LocalSettings.from(Map.of("CHATGATE_LOG", value)).jsonLog());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CHATGATE_API_PORT|70000|CHATGATE_API_PORT is a whole number from 0 to 65535, not \"70000\".",
        "CHATGATE_INSTANCES|0|CHATGATE_INSTANCES is a whole number from 1 to 1000, not \"0\".",
        "CHATGATE_RECONCILE_SECONDS|x|CHATGATE_RECONCILE_SECONDS is a whole number from 0 to 86400, not \"x\".",
        "CHATGATE_LOG|xml|CHATGATE_LOG is text or json, not \"xml\".",
        "UPSTREAM_RETRIES|-1|UPSTREAM_RETRIES is a whole number from 0 to 10, not \"-1\".",
        "CHATGATE_SPENT_STATUS|500|CHATGATE_SPENT_STATUS is 429 or 402, not \"500\".",
        "CHATGATE_LOG_CALLER_ADDRESS|yes|CHATGATE_LOG_CALLER_ADDRESS is on or off, not \"yes\".",
        "CHATGATE_PLAYGROUND|yes|CHATGATE_PLAYGROUND is on or off, not \"yes\".",
        "UPSTREAM_BASE_URL|ftp://x|UPSTREAM_BASE_URL is an http or https URL without query or fragment, not \"ftp://x\".",
        "CHATGATE_TENANTS|/nowhere/t.json|CHATGATE_TENANTS names the file /nowhere/t.json, which cannot be read."
      })
  void whatCannotBeIsOneSentence(String name, String value, String sentence) {
    var refused = assertThrows(StartException.class, () -> LocalSettings.from(Map.of(name, value)));
    assertEquals(sentence, refused.getMessage());
  }

  @Test
  void theProvidersKeyIsNotPrinted() {
    var settings = LocalSettings.from(Map.of("UPSTREAM_API_KEY", "sk-secret"));
    assertFalse(settings.toString().contains("sk-secret"));
  }
}

package dev.chatgate.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TenantJsonTest {
  private static final String WHOLE =
      """
      {"id":"acme","status":"suspended",
       "keys":[{"name":"ci","secret":"cg_1","expires_at":"2027-01-01T00:00:00Z"},
               {"name":"web","secret":"cg_2","scopes":["end_user_header","calls"]}],
       "quota":{"requests_per_minute":1,"tokens_per_minute":2,"tokens_per_day":3,"tokens_per_month":4,
                "cost_per_month_usd":12.345678,"max_concurrent_requests":0,"max_tokens_per_request":7,
                "default_max_tokens":8,"warn_at":[95,80]},
       "models":["fast","*"],"model_aliases":{"fast":"provider/model-x"},
       "allowed_origins":["https://a.example"],"require_end_user":true,
       "issuers":[{"issuer":"https://login.example/","audiences":["app"],"tier_claim":"plan"}],
       "end_user_tiers":{"pro":{"requests_per_minute":1,"tokens_per_minute":2,"tokens_per_day":3,
                                "tokens_per_month":4,"cost_per_month_usd":5,"max_concurrent_requests":6,
                                "max_tokens_per_request":7,"default_max_tokens":8,"warn_at":[100,1]},
                         "default":{"models":["fast"]}}}
      """;

  @Test
  void readsEveryField() {
    var spec = TenantJson.readOne(WHOLE);
    var tenant = spec.tenant();
    assertEquals("acme", tenant.id().value());
    assertEquals(TenantStatus.SUSPENDED, tenant.status());
    assertEquals(
        List.of(
            new TenantSpec.Key("ci", "cg_1", Optional.of(Instant.parse("2027-01-01T00:00:00Z"))),
            new TenantSpec.Key(
                "web", "cg_2", Optional.empty(), Set.of(Scope.CALLS, Scope.END_USER_HEADER))),
        spec.keys());
    assertEquals(
        Quota.UNLIMITED
            .with(Limits.REQUESTS_PER_MINUTE, 1)
            .with(Limits.TOKENS_PER_MINUTE, 2)
            .with(Limits.TOKENS_PER_DAY, 3)
            .with(Limits.TOKENS_PER_MONTH, 4)
            .with(Limits.COST_PER_MONTH, 12_345_678)
            .with(Limits.CONCURRENT_REQUESTS, 0)
            .with(Quota.MAX_TOKENS_PER_REQUEST, 7)
            .with(Quota.DEFAULT_MAX_TOKENS, 8)
            .withWarnAt(List.of(80, 95)),
        tenant.quota());
    assertEquals(Optional.of(List.of("fast", "*")), tenant.models());
    assertEquals(Map.of("fast", "provider/model-x"), tenant.modelAliases());
    assertEquals(Optional.of(List.of("https://a.example")), tenant.allowedOrigins());
    assertTrue(tenant.requireEndUser());
    assertEquals("https://login.example/", tenant.issuers().getFirst().issuer());
    assertEquals(Optional.of("plan"), tenant.issuers().getFirst().tierClaim());
    assertEquals(
        Map.of(
            "default",
            new EndUserTier("default", Quota.UNLIMITED, Optional.of(List.of("fast"))),
            "pro",
            new EndUserTier(
                "pro",
                Quota.UNLIMITED
                    .with(Limits.REQUESTS_PER_MINUTE, 1)
                    .with(Limits.TOKENS_PER_MINUTE, 2)
                    .with(Limits.TOKENS_PER_DAY, 3)
                    .with(Limits.TOKENS_PER_MONTH, 4)
                    .with(Limits.COST_PER_MONTH, 5_000_000)
                    .with(Limits.CONCURRENT_REQUESTS, 6)
                    .with(Quota.MAX_TOKENS_PER_REQUEST, 7)
                    .with(Quota.DEFAULT_MAX_TOKENS, 8)
                    .withWarnAt(List.of(1, 100)))),
        tenant.endUserTiers());
  }

  @Test
  void readsBackWhatItWrites() {
    var tenant = TenantJson.readOne(WHOLE).tenant();
    assertEquals(tenant, TenantJson.readOne(TenantJson.write(tenant)).tenant());
    var bare = TenantJson.readOne("{\"id\":\"a\"}").tenant();
    assertEquals(bare, TenantJson.readOne(TenantJson.write(bare)).tenant());
  }

  @Test
  void whatIsAbsentHasItsMeaning() {
    var tenant = TenantJson.readOne("{\"id\":\"a\"}").tenant();
    assertEquals(TenantStatus.ACTIVE, tenant.status());
    assertEquals(Quota.UNLIMITED, tenant.quota());
    assertEquals(Map.of(), tenant.endUserTiers());
    assertTrue(tenant.mayUse("anything"), "no models: all of them");
    assertFalse(
        TenantJson.readOne("{\"id\":\"a\",\"models\":[]}").tenant().mayUse("anything"),
        "an empty list: none");
  }

  @Test
  void doesNotShowSecrets() {
    assertFalse(TenantJson.readOne(WHOLE).toString().contains("cg_1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"id":"a","color":1}                                  | tenant.color is not a key of a tenant
          {"id":"a","id":"b"}                                   | line 1: Duplicate field 'id'
          {"id":"a b"}                                          | tenant.id: a tenant id is 1 to 64 letters, digits, dots, underscores or hyphens, the first a letter or digit
          {"id":7}                                              | tenant.id must be a string
          {"status":"active"}                                   | tenant: id is missing
          {"id":"a","status":"on"}                              | tenant.status must be "active" or "suspended"
          {"id":"a","quota":{"tokens":1}}                       | tenant.quota.tokens is not a limit
          {"id":"a","quota":{"tokens_per_day":-1}}              | tenant.quota: tokens_per_day must not be negative
          {"id":"a","quota":{"tokens_per_day":1.5}}             | tenant.quota.tokens_per_day must be a whole number
          {"id":"a","quota":{"tokens_per_day":"1"}}             | tenant.quota.tokens_per_day must be a whole number
          {"id":"a","quota":{"tokens_per_day":99999999999999999999}} | tenant.quota.tokens_per_day: number out of range, or finer than a millionth
          {"id":"a","quota":{"cost_per_month_usd":0.0000001}}   | tenant.quota.cost_per_month_usd: number out of range, or finer than a millionth
          {"id":"a","quota":{"cost_per_month_usd":1e999999999}} | tenant.quota.cost_per_month_usd: number out of range, or finer than a millionth
          {"id":"a","quota":{"default_max_tokens":0}}           | tenant.quota: default_max_tokens must be at least 1
          {"id":"a","keys":[{"name":"k"}]}                      | tenant.keys[0]: secret is missing
          {"id":"a","keys":[{"name":"k","secret":""}]}          | tenant.keys[0]: secret must be 1 to 200 visible ASCII characters
          {"id":"a","keys":[{"name":"k","secret":"a b"}]}       | tenant.keys[0]: secret must be 1 to 200 visible ASCII characters
          {"id":"a","keys":[{"name":"k","secret":"s","expires_at":"tomorrow"}]} | tenant.keys[0]: expires_at must be an RFC 3339 time in UTC
          {"id":"a","keys":[{"name":"k","secret":"s","x":"y"}]} | tenant.keys[0].x is not a key of a tenant's key
          {"id":"a","keys":[{"name":"k","secret":"s"},{"name":"k","secret":"t"}]} | tenant: two keys have the same name or the same secret
          {"id":"a","keys":[{"secret":"s"}]}                    | tenant.keys[0]: name is missing
          {"id":"a","keys":[{"name":"k","secret":7}]}           | tenant.keys[0].secret must be a string
          {"id":"a","keys":[{"name":"k","secret":"s","scopes":"calls"}]} | tenant.keys[0].scopes must be a list
          {"id":"a","keys":[{"name":"k","secret":"s","scopes":[]}]} | tenant.keys[0]: scopes must not be empty
          {"id":"a","keys":[{"name":"k","secret":"s","scopes":[7]}]} | tenant.keys[0].scopes[0] must be a string
          {"id":"a","keys":[{"name":"k","secret":"s","scopes":["calls","CALLS"]}]} | tenant.keys[0].scopes[1] must be one of calls, client_secrets, usage, end_user_header
          {"id":"a","keys":[{"name":"k","secret":"s","scopes":["usage","calls","usage"]}]} | tenant.keys[0].scopes[2] is there twice
          {"id":"a","require_end_user":"yes"}                   | tenant.require_end_user must be true or false
          {"id":"a","require_end_user":null}                    | tenant.require_end_user must be true or false
          {"id":"a","issuers":{}}                               | tenant.issuers must be a list
          {"id":"a","quota":{"warn_at":80}}                     | tenant.quota.warn_at must be a list
          {"id":"a","quota":{"warn_at":[0]}}                    | tenant.quota.warn_at[0] must be a whole number from 1 to 100
          {"id":"a","quota":{"warn_at":[100,101]}}              | tenant.quota.warn_at[1] must be a whole number from 1 to 100
          {"id":"a","quota":{"warn_at":[1.5]}}                  | tenant.quota.warn_at[0] must be a whole number from 1 to 100
          {"id":"a","quota":{"warn_at":["80"]}}                 | tenant.quota.warn_at[0] must be a whole number from 1 to 100
          {"id":"a","quota":{"warn_at":[4294967376]}}           | tenant.quota.warn_at[0] must be a whole number from 1 to 100
          {"id":"a","quota":{"warn_at":[80,95,80]}}             | tenant.quota.warn_at[2] is there twice
          {"id":"a","quota":{"warn_at":[1,2,3,4,5,6,7,8,9,10,11]}} | tenant.quota.warn_at must have at most 10 entries
          {"id":"a","quota":{"models":[]}}                      | tenant.quota.models is not a limit
          {"id":"a","end_user_tiers":[]}                        | tenant.end_user_tiers must be an object
          {"id":"a","end_user_tiers":{}}                        | tenant.end_user_tiers.default is missing: tenants with tiers need it
          {"id":"a","end_user_tiers":{"pro":{}}}                | tenant.end_user_tiers.default is missing: tenants with tiers need it
          {"id":"a","end_user_tiers":{"default":[]}}            | tenant.end_user_tiers.default must be an object
          {"id":"a","end_user_tiers":{"default":{},"default":{}}} | line 1: Duplicate field 'default'
          {"id":"a","end_user_tiers":{"default":{},"":{}}}      | tenant.end_user_tiers: the name of a tier must be 1 to 64 visible ASCII characters
          {"id":"a","end_user_tiers":{"default":{},"a b":{}}}   | tenant.end_user_tiers: the name of a tier must be 1 to 64 visible ASCII characters
          {"id":"a","end_user_tiers":{"default":{},"pr\u00f6":{}}} | tenant.end_user_tiers: the name of a tier must be 1 to 64 visible ASCII characters
          {"id":"a","end_user_tiers":{"default":{"tokens":1}}}  | tenant.end_user_tiers.default.tokens is not a key of a tier
          {"id":"a","end_user_tiers":{"default":{"tokens_per_day":-1}}} | tenant.end_user_tiers.default: tokens_per_day must not be negative
          {"id":"a","end_user_tiers":{"default":{"default_max_tokens":0}}} | tenant.end_user_tiers.default: default_max_tokens must be at least 1
          {"id":"a","end_user_tiers":{"default":{"models":"a"}}} | tenant.end_user_tiers.default.models must be a list
          {"id":"a","end_user_tiers":{"default":{"models":[1]}}} | tenant.end_user_tiers.default.models[0] must be a string
          {"id":"a","end_user_tiers":{"default":{"warn_at":[0]}}} | tenant.end_user_tiers.default.warn_at[0] must be a whole number from 1 to 100
          {"id":"a","critical":[]}                              | tenant.critical is not a key of a tenant
          {"id":"a","models":"fast"}                            | tenant.models must be a list
          {"id":"a","model_aliases":{"a":1}}                    | tenant.model_aliases.a must be a string
          {"id":"a"} x                                          | line 1: Unrecognized token 'x': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
          {"id":"a"} 1                                          | there is more after the end of the JSON
          []                                                    | tenant must be an object
          """)
  void namesWhatIsWrong(String json, String message) {
    var thrown = assertThrows(FormatException.class, () -> TenantJson.readOne(json));
    assertEquals(message, thrown.getMessage());
  }

  @Test
  void namesTheTenantOfAList() {
    var thrown =
        assertThrows(
            FormatException.class,
            () -> TenantJson.readList("[{\"id\":\"a\"},{\"id\":\"b\",\"quota\":[]}]"));
    assertEquals("tenants[1].quota must be an object", thrown.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"a\"}]"
            + "|tenants[2].id: a is the id of tenants[0] too",
        "[{\"id\":\"a\",\"keys\":[{\"name\":\"k\",\"secret\":\"cg_1\"}]},"
            + "{\"id\":\"b\",\"keys\":[{\"name\":\"x\",\"secret\":\"cg_2\"},"
            + "{\"name\":\"l\",\"secret\":\"cg_1\"}]}]"
            + "|tenants[1].keys: the key l of tenant b has the secret of a key of tenant a",
        "[{\"id\":\"a\",\"keys\":[{\"name\":\"k\",\"secret\":\"cg_1\"},{\"name\":\"l\",\"secret\":\"cg_1\"}]}]"
            + "|tenants[0] (a): two keys have the same name or the same secret",
        "[{\"id\":\"a\",\"issuers\":[{\"issuer\":\"https://i\",\"audiences\":[\"x\",\"y\"]}]},"
            + "{\"id\":\"b\",\"issuers\":[{\"issuer\":\"https://i\",\"audiences\":[\"z\",\"y\"]}]}]"
            + "|tenants[1].issuers: the issuer https://i with the audience y belongs to tenant a"
      })
  void whatIsThereTwiceInAListIsNamed(String json, String sentence) {
    var thrown = assertThrows(FormatException.class, () -> TenantJson.readList(json));
    assertEquals(sentence, thrown.getMessage());
  }

  @Test
  void operatorsMayNotNameAModelThatNoCallCanName() {
    for (String name : List.of("m".repeat(257), "\u65e5".repeat(86))) {
      for (String members :
          List.of(
              "\"models\":[\"" + name + "\"]",
              "\"end_user_tiers\":{\"default\":{\"models\":[\"" + name + "\"]}}",
              "\"model_aliases\":{\"" + name + "\":\"m\"}",
              "\"model_aliases\":{\"m\":\"" + name + "\"}")) {
        String json = "{\"id\":\"a\"," + members + "}";
        var thrown =
            assertThrows(FormatException.class, () -> TenantJson.readList("[" + json + "]"));
        assertTrue(
            thrown.toString().contains("tenant a has more than 256 bytes"), thrown.toString());
        assertThrows(FormatException.class, () -> TenantJson.readEdit(json, new TenantId("a")));
        var stored = TenantJson.readOne(json).tenant();
        assertEquals(stored, TenantJson.readOne(TenantJson.write(stored)).tenant());
      }
    }
    String longest = "[{\"id\":\"a\",\"models\":[\"" + "m".repeat(256) + "\"]}]";
    assertEquals(1, TenantJson.readList(longest).size());
  }
}

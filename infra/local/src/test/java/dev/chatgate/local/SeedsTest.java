package dev.chatgate.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.admin.TenantJson;
import dev.chatgate.aws.dynamodb.TableRequests;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.tenant.TenantStore;
import dev.chatgate.local.aws.AwsEndpoint;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.TenantIndex.Login;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Seed files against the store of the local system: stored whole, or refused in one sentence. */
class SeedsTest {
  @TempDir Path folder;

  private final AwsEndpoint aws = AwsEndpoint.start(0, Optional.empty(), Clock.systemUTC());
  private final DynamoDbClient dynamoDb =
      DynamoDbClient.builder()
          .httpClientBuilder(Apache5HttpClient.builder())
          .endpointOverride(URI.create(aws.url()))
          .region(Region.US_EAST_1)
          .credentialsProvider(
              StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
          .build();

  @BeforeEach
  void tables() {
    TableRequests.create(Tables.LOCAL).forEach(dynamoDb::createTable);
  }

  @AfterEach
  void stop() {
    dynamoDb.close();
    aws.close();
  }

  @Test
  void manyKeysAndAliasesAreStored() throws IOException {
    seed(
        "CHATGATE_TENANTS",
        "[{\"id\":\"acme\",\"keys\":[" + keys(150) + "]," + aliases(3_000, 20) + "}]");
    var store = new TenantStore(dynamoDb, Tables.LOCAL);
    for (int i = 0; i < 150; i++) {
      var found = store.find(KeyHash.of("cg_" + i)).orElseThrow();
      assertEquals(3_000, found.tenant().modelAliases().size());
    }
  }

  @Test
  void allThatATenantMayHaveIsStored() throws IOException {
    var text =
        """
        [{"id":"acme","require_end_user":true,
          "keys":[{"name":"minter","secret":"cg_minter","scopes":["client_secrets"]},
                  {"name":"server","secret":"cg_server",
                   "scopes":["calls","usage","end_user_header"]}],
          "issuers":[{"issuer":"http://localhost:9000/realm","audiences":["app"],
                      "user_claim":"email","required_claims":{"email_verified":true},
                      "tier_claim":"/app_metadata/plan"},
                     {"issuer":"https://login.example/","audiences":["app"],"user_prefix":"l:",
                      "jwks":{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}}],
          "quota":{"tokens_per_month":9000000,"warn_at":[80,95]},
          "end_user_tiers":{"default":{"tokens_per_day":1000,"models":["local/chat"]},
                            "pro":{"tokens_per_day":20000,"cost_per_month_usd":2.5,
                                   "max_concurrent_requests":2,"warn_at":[90]}}}]
        """;
    seed("CHATGATE_TENANTS", text);
    seed("CHATGATE_TENANTS", text);
    var store = new TenantStore(dynamoDb, Tables.LOCAL);
    var minter = store.find(KeyHash.of("cg_minter")).orElseThrow();
    assertEquals(Set.of(Scope.CLIENT_SECRETS), minter.scopes());
    assertEquals(
        Set.of(Scope.CALLS, Scope.USAGE, Scope.END_USER_HEADER),
        store.find(KeyHash.of("cg_server")).orElseThrow().scopes());
    assertEquals(TenantJson.readList(text).getFirst().tenant(), minter.tenant());
    assertEquals(
        Map.of(
            new Login("http://localhost:9000/realm", "app"),
            minter.tenant().id(),
            new Login("https://login.example/", "app"),
            minter.tenant().id()),
        store.index().logins());
  }

  @Test
  void aKeyThatIsNotGeneratedIsNotedInTheIndex() throws IOException {
    var store = new TenantStore(dynamoDb, Tables.LOCAL);
    var generated = "cg_" + "0123456789abcdef".repeat(4);
    var tenants = "[{\"id\":\"acme\",\"keys\":[{\"name\":\"k\",\"secret\":\"%s\"}]}]";
    seed("CHATGATE_TENANTS", tenants.formatted(generated));
    assertFalse(store.index().anyKeyForm());
    seed("CHATGATE_TENANTS", tenants.formatted("cg_mine"));
    assertTrue(store.index().anyKeyForm());
  }

  @Test
  void theDemoTenantsKeyIsFound() {
    Seeds.from(LocalSettings.from(Map.of())).into(dynamoDb, Tables.LOCAL);
    var store = new TenantStore(dynamoDb, Tables.LOCAL);
    assertTrue(store.index().anyKeyForm());
    assertTrue(store.find(KeyHash.of(DemoData.TENANT_KEY)).isPresent());
  }

  @Test
  void anIssuerThatAnEarlierRunGaveToAnotherTenantIsRefusedInOneSentence() throws IOException {
    var issuers = "\"issuers\":[{\"issuer\":\"https://i\",\"audiences\":[\"app\"]}]";
    seed("CHATGATE_TENANTS", "[{\"id\":\"a\"," + issuers + "}]");
    assertRefused(
        "CHATGATE_TENANTS",
        "[{\"id\":\"b\"," + issuers + "}]",
        "The issuer https://i with the audience app belongs to tenant a.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "[{\"id\":\"a\"},{\"id\":\"a\"}]|tenants[1].id: a is the id of tenants[0] too.",
        "[{\"id\":\"a\",\"keys\":[{\"name\":\"k\",\"secret\":\"cg_x\"}]},{\"id\":\"b\",\"keys\":[{\"name\":\"k\",\"secret\":\"cg_x\"}]}]"
            + "|tenants[1].keys: the key k of tenant b has the secret of a key of tenant a.",
        "[{\"id\":\"a\",\"keys\":[{\"name\":\"k\",\"secret\":\"cg_x\"},{\"name\":\"l\",\"secret\":\"cg_x\"}]}]"
            + "|tenants[0] (a): two keys have the same name or the same secret.",
        "[{\"id\":\"a\",\"model_aliases\":{\"x\":\"1\",\"x\":\"2\"}}]|line 1: Duplicate field 'x'.",
        "[{\"id\":\"a\",\"keys\":[{\"name\":\"k\",\"secret\":\"cg_x\",\"scopes\":[\"mint\"]}]}]"
            + "|tenants[0].keys[0].scopes[0] must be one of calls, client_secrets, usage, end_user_header.",
        "[{\"id\":\"a\",\"issuers\":[{\"issuer\":\"https://i\"}]}]"
            + "|tenants[0].issuers[0].audiences is missing.",
        "[{\"id\":\"a\",\"require_end_user\":1}]"
            + "|tenants[0].require_end_user must be true or false.",
        "[{\"id\":\"a\",\"end_user_tiers\":{\"pro\":{}}}]"
            + "|tenants[0].end_user_tiers.default is missing: tenants with tiers need it.",
        "[{\"id\":\"a\",\"quota\":{\"warn_at\":[0]}}]"
            + "|tenants[0].quota.warn_at[0] must be a whole number from 1 to 100.",
        "{}|tenants must be a list.",
        "[{\"id\":\"a\"|line 1: Unexpected end-of-input"
      })
  void aFileOfTenantsIsRefusedInOneSentence(String json, String sentence) throws IOException {
    assertRefused("CHATGATE_TENANTS", json, sentence);
  }

  @Test
  void aTenantThatIsTooLargeIsRefusedInOneSentence() throws IOException {
    assertRefused(
        "CHATGATE_TENANTS",
        "[{\"id\":\"acme\"," + aliases(3_000, 200) + "}]",
        "Tenant acme takes ");
  }

  @Test
  void aModelsNameThatIsTooLongIsRefusedInOneSentence() throws IOException {
    assertRefused(
        "CHATGATE_TENANTS",
        "[{\"id\":\"acme\",\"models\":[\"" + "m".repeat(257) + "\"]}]",
        "tenants[0].models: a model's name of tenant acme has more than 256 bytes");
    assertRefused(
        "CHATGATE_PRICES",
        "[" + price("m".repeat(257)) + "]",
        "The model's name of a price from 2026-01-01 has more than 256 bytes");
  }

  @Test
  void aSecretThatAnEarlierRunGaveToAnotherTenantIsRefusedInOneSentence() throws IOException {
    String key = "\"keys\":[{\"name\":\"k\",\"secret\":\"cg_x\"}]";
    seed("CHATGATE_TENANTS", "[{\"id\":\"a\"," + key + "}]");
    assertRefused(
        "CHATGATE_TENANTS",
        "[{\"id\":\"b\"," + key + "}]",
        "A secret of tenant b is the key of another tenant already.");
  }

  @Test
  void aPriceThatIsThereTwiceIsRefusedInOneSentence() throws IOException {
    assertRefused(
        "CHATGATE_PRICES",
        "[" + price("m") + "," + price("n") + "," + price("m") + "]",
        "prices[2] has the model, the date and the above_prompt_tokens of prices[0].");
  }

  @Test
  void aStoreThatRefusesIsNamedWithItsReason() throws IOException {
    dynamoDb.deleteTable(table -> table.tableName(Tables.LOCAL.tenants()));
    var refused = refused("CHATGATE_TENANTS", "[{\"id\":\"a\"}]");
    assertTrue(refused.startsWith("tenant a could not be stored: "), refused);
  }

  private void assertRefused(String setting, String json, String sentence) throws IOException {
    var refused = refused(setting, json);
    assertTrue(refused.startsWith(sentence), refused);
    assertFalse(refused.contains("cg_x"), "a secret");
  }

  /** The sentence behind the setting and the file. */
  private String refused(String setting, String json) throws IOException {
    var thrown = assertThrows(StartException.class, () -> seed(setting, json));
    var message = String.valueOf(thrown.getMessage());
    var source = setting + " (" + folder.resolve("seed.json") + "): ";
    assertTrue(message.startsWith(source), message);
    assertEquals(1, message.lines().count(), message);
    return message.substring(source.length());
  }

  private void seed(String setting, String json) throws IOException {
    var file = Files.writeString(folder.resolve("seed.json"), json);
    Seeds.from(LocalSettings.from(Map.of(setting, file.toString()))).into(dynamoDb, Tables.LOCAL);
  }

  private static String keys(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{\"name\":\"k%d\",\"secret\":\"cg_%d\"}".formatted(i, i))
        .collect(Collectors.joining(","));
  }

  private static String aliases(int count, int length) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"a%d\":\"%s\"".formatted(i, "m".repeat(length)))
        .collect(Collectors.joining(",", "\"model_aliases\":{", "}"));
  }

  private static String price(String model) {
    return "{\"model\":\"%s\",\"from\":\"2026-01-01\",\"prompt_usd_per_million\":1,\"completion_usd_per_million\":1}"
        .formatted(model);
  }
}

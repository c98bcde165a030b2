package dev.chatgate.local.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamTemplateTest {

  @Test
  void functionsHaveWhatTheyAndTheGlobalsSay() throws Exception {
    FunctionDefinition api = tiny(Map.of()).function("ApiFunction").orElseThrow();
    assertEquals("dev.chatgate.local.tiny.TinyHandler::handleRequest", api.handler());
    assertTrue(api.codeUri().endsWith("tiny.zip"));
    assertEquals(Duration.ofSeconds(5), api.timeout());
    assertEquals(256, api.memoryMegabytes());
    assertEquals(Optional.of(Duration.ofSeconds(3)), api.integrationTimeout());
    FunctionDefinition stream = tiny(Map.of()).function("StreamFunction").orElseThrow();
    assertEquals(Duration.ofSeconds(3), stream.timeout());
    assertEquals(128, stream.memoryMegabytes());
    assertEquals(Optional.empty(), tiny(Map.of()).function("Nobody"));
  }

  @Test
  void intrinsicFunctionsAreWorkedOut() throws Exception {
    Map<String, String> environment = environment(Map.of());
    assertEquals("hello-us-east-1", environment.get("GREETING"));
    assertEquals("chatgate-tenants", environment.get("CHATGATE_TENANTS_TABLE"));
    assertEquals(
        "arn:aws:dynamodb:us-east-1:000000000000:table/chatgate-tenants",
        environment.get("TENANTS_ARN"));
    assertEquals("chatgate/provider", environment.get("CHATGATE_PROVIDER_SECRET"));
    assertEquals("chatgate/signing", environment.get("CHATGATE_SIGNING_SECRET"));
    assertEquals("a-hello", environment.get("JOINED"));
    assertEquals("[\"hello\",\"30\"]", environment.get("AS_JSON"));
    assertEquals("30", environment.get("CHATGATE_CACHE_SECONDS"));
    assertFalse(environment.containsKey("SHORT"));
  }

  @Test
  void parametersDecideConditions() throws Exception {
    Map<String, String> environment = environment(Map.of("Greeting", "hey"));
    assertEquals("false", environment.get("GREETING"));
    assertEquals("true", environment.get("SHORT"));
  }

  @Test
  void tablesHaveKeysIndexesAndTimeToLive() throws Exception {
    List<TableDefinition> tables = tiny(Map.of()).tables();
    assertEquals(
        List.of("chatgate-tenants", "chatgate-quota", "chatgate-usage"),
        tables.stream().map(TableDefinition::name).toList());
    assertEquals(new TableDefinition.Key("pk", Optional.of("sk")), tables.get(0).key());
    assertEquals(
        List.of(
            new TableDefinition.Index(
                "due", new TableDefinition.Key("wp", Optional.of("w")), "KEYS_ONLY", List.of())),
        tables.get(1).indexes());
    assertEquals(Optional.of("expires_at"), tables.get(2).ttlAttribute());
  }

  @Test
  void aSecretIsEmptyOrGenerated() throws Exception {
    assertEquals(
        List.of(
            new SecretDefinition("chatgate/provider", Optional.empty()),
            new SecretDefinition(
                "chatgate/signing",
                Optional.of(new GeneratedSecret("{\"version\":1}", "seed", 40)))),
        tiny(Map.of()).secrets());
  }

  @Test
  void aGeneratedSecretIsTheTemplatesObjectWithRandomLettersAndDigits() {
    var secret = new GeneratedSecret("{\"version\":1}", "seed", 64);
    var random = new Random(7);
    String first = secret.value(random);
    assertTrue(first.matches("\\{\"version\":1,\"seed\":\"[A-Za-z0-9]{64}\"}"), first);
    assertNotEquals(first, secret.value(random));
  }

  @Test
  void whatCannotBeGeneratedLocallyIsNamed(@TempDir Path folder) throws Exception {
    String rest = "GenerateStringKey: seed, ExcludePunctuation: true";
    assertGenerates("ExcludeLowercase is not supported", folder, rest + ", ExcludeLowercase: true");
    assertGenerates(
        "without ExcludePunctuation", folder, "SecretStringTemplate: '{}', GenerateStringKey: k");
    assertGenerates("has no SecretStringTemplate", folder, rest);
    assertGenerates("is not a JSON object", folder, "SecretStringTemplate: '[]', " + rest);
    assertGenerates("is not a JSON object", folder, "SecretStringTemplate: '{', " + rest);
  }

  private static void assertGenerates(String part, Path folder, String properties) {
    assertMessage(
        part,
        () ->
            read(
                    folder,
                    """
                    Resources:
                      S:
                        Type: AWS::SecretsManager::Secret
                        Properties:
                          GenerateSecretString: { %s }
                    """
                        .formatted(properties))
                .secrets());
  }

  @Test
  void theDeployableTemplateIsUnderstood() {
    SamTemplate template = SamTemplate.read(Path.of("../../template.yaml"), Map.of());
    for (String id : List.of("ApiFunction", "StreamFunction", "ReconcilerFunction")) {
      assertTrue(template.function(id).isPresent(), id);
    }
    assertEquals(3, template.tables().size());
    assertEquals(
        List.of(
            new SecretDefinition("chatgate/provider", Optional.empty()),
            new SecretDefinition(
                "chatgate/signing", Optional.of(new GeneratedSecret("{}", "seed", 64)))),
        template.secrets());
    assertEquals(
        "chatgate-usage",
        template
            .function("StreamFunction")
            .orElseThrow()
            .environment()
            .get("CHATGATE_USAGE_TABLE"));
  }

  @Test
  void whatIsMissingOrWrongIsNamed(@TempDir Path folder) throws Exception {
    assertMessage("there is no ", () -> SamTemplate.read(folder.resolve("nobody.yaml"), Map.of()));
    assertMessage("not readable YAML", () -> read(folder, "a: [b"));
    assertMessage(
        "Globals.Function has no Handler",
        () ->
            read(
                    folder,
                    """
                    Resources:
                      F:
                        Type: AWS::Serverless::Function
                        Properties: { CodeUri: x }
                    """)
                .function("F"));
    assertMessage(
        "!Ref Nobody names nothing",
        () ->
            read(
                    folder,
                    """
                    Resources:
                      F:
                        Type: AWS::Serverless::Function
                        Properties: { CodeUri: !Ref Nobody }
                    """)
                .function("F"));
  }

  private static void assertMessage(
      String part, org.junit.jupiter.api.function.Executable executable) {
    String message = String.valueOf(assertThrows(TemplateException.class, executable).getMessage());
    assertTrue(message.contains(part), message);
  }

  private static SamTemplate read(Path folder, String yaml) throws IOException {
    return SamTemplate.read(Files.writeString(folder.resolve("t.yaml"), yaml), Map.of());
  }

  private static Map<String, String> environment(Map<String, String> parameters)
      throws URISyntaxException {
    return tiny(parameters).function("ApiFunction").orElseThrow().environment();
  }

  private static SamTemplate tiny(Map<String, String> parameters) throws URISyntaxException {
    var url = SamTemplateTest.class.getResource("/tiny-template.yaml");
    return SamTemplate.read(Path.of(java.util.Objects.requireNonNull(url).toURI()), parameters);
  }
}

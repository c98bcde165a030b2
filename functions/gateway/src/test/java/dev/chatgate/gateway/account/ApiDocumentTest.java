package dev.chatgate.gateway.account;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaId;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.chatgate.gateway.GatewayHarness;
import dev.chatgate.gateway.http.Route;
import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.openai.operation.Operation;
import dev.chatgate.openai.operation.chat.ChatOperation;
import dev.chatgate.openai.operation.chat.ChatRules;
import dev.chatgate.openai.tokens.TokenCounters;
import dev.chatgate.quota.limit.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the document with the code that it describes, in both directions. */
class ApiDocumentTest {
  private static final String REQUEST = "/components/schemas/ChatCompletionRequest";

  private final DescribedApi api = DescribedApi.read();
  private final DescribedRules described = new DescribedRules(api, api.root().at(REQUEST));

  @Test
  void exactlyTheRulesAreDescribed() {
    assertEquals(
        List.of(),
        ChatRules.RULES.stream().filter(rule -> !described.rules.contains(rule)).toList(),
        "rules that openapi.json lacks or describes differently");
    assertEquals(
        List.of(),
        described.rules.stream().filter(rule -> !ChatRules.RULES.contains(rule)).toList(),
        "descriptions in openapi.json without such a rule");
  }

  @Test
  void exactlyTheRelationsAreDescribed() {
    assertEquals(Set.copyOf(ChatRules.RELATIONS), Set.copyOf(described.relations));
    assertEquals(ChatRules.RELATIONS.size(), described.relations.size());
  }

  @Test
  void exactlyTheRulesOfMintingAreDescribed() {
    var schema = api.root().at("/components/schemas/ClientSecretRequest");
    var rules = new DescribedRules(api, schema).rules;
    assertEquals(Set.copyOf(ClientSecretRequest.RULES), Set.copyOf(rules));
    assertEquals(ClientSecretRequest.RULES.size(), rules.size());
  }

  /** What depends on the tenant is not in the schema. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"expires_after\":{\"anchor\":\"created_at\",\"seconds\":10}}",
        "{\"expires_after\":{\"anchor\":null,\"seconds\":7200}}",
        "{\"expires_after\":{\"seconds\":9}}",
        "{\"expires_after\":{\"seconds\":7201}}",
        "{\"expires_after\":{\"anchor\":\"now\"}}",
        "{\"expires_after\":{\"minutes\":1}}",
        "{\"user\":\"ann@example.com\"}",
        "{\"user\":\"\"}",
        "{\"user\":\"a b\"}",
        "{\"user\":\"ä\"}",
        "{\"user\":7}",
        "{\"models\":[\"m\"]}",
        "{\"models\":[]}",
        "{\"models\":[\" \"]}",
        "{\"models\":[null]}",
        "{\"max_tokens_per_request\":1}",
        "{\"max_tokens_per_request\":0}",
        "{\"max_tokens_per_request\":1000000001}",
        "{\"allowed_origins\":[\"https://a.example\"]}",
        "{\"allowed_origins\":\"https://a.example\"}",
        "{\"tier\":\"pro\"}",
        "[]"
      })
  void parserAndSchemaAgreeOnTheBodyOfMinting(String body) throws IOException {
    assertEquals(
        ClientSecretRequest.parse(body.getBytes(StandardCharsets.UTF_8))
            instanceof ClientSecretRequest.Parsed.Valid,
        api.schema("ClientSecretRequest").validate(new ObjectMapper().readTree(body)).isEmpty());
  }

  @Test
  void aMintedClientSecretMatchesItsSchema() throws IOException {
    try (var harness = new GatewayHarness()) {
      var key = Map.of("authorization", "Bearer key");
      for (var body :
          List.of(
              "",
              "{\"user\":\"ann\",\"models\":[\"m\"],\"max_tokens_per_request\":5,"
                  + "\"allowed_origins\":[\"https://a.example\"]}")) {
        var answer = harness.call("POST", "/openai/v1/client_secrets", key, body);
        assertEquals(200, answer.status(), answer.body());
        assertEquals(
            Set.of(),
            api.schema("ClientSecret").validate(new ObjectMapper().readTree(answer.body())));
      }
    }
  }

  @Test
  void exactlyTheErrorCodesAreDescribedWithTheirStatus() {
    var statuses = new TreeMap<String, Set<String>>();
    for (var code : ErrorCode.values()) {
      statuses.put(code.wireName(), new TreeSet<>(Set.of(Integer.toString(code.status()))));
    }
    statuses.put("insufficient_quota", new TreeSet<>(Set.of("402", "429")));
    assertEquals(statuses, api.statusesByCode());
  }

  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void everyErrorMatchesItsSchema(ErrorCode code) throws IOException {
    var error = new ObjectMapper().readTree(ApiError.of(code, "Why.").body());
    var names =
        api.root().at("/components/schemas").properties().stream()
            .filter(schema ->
                DescribedApi.elements(
                        schema.getValue().at("/properties/error/properties/code/enum"))
                    .anyMatch(one -> one.asText().equals(code.wireName())))
            .map(Map.Entry::getKey)
            .toList();
    assertFalse(names.isEmpty());
    names.forEach(name -> assertEquals(Set.of(), api.schema(name).validate(error), name));
  }

  @Test
  void exactlyTheRoutesAreDescribedWithTheirMethods() {
    var routes = new HashSet<Class<?>>();
    List<Operation> operations = List.of(new ChatOperation(new TokenCounters()));
    for (var path : api.paths()) {
      var route = Route.of(path.replace("{id}", "a/b"), operations).orElseThrow();
      var methods = new TreeSet<>(route.methods());
      methods.add("OPTIONS");
      assertEquals(methods, api.methods(path), path);
      assertTrue(routes.add(route.getClass()), "described twice: " + path);
    }
    var all =
        Stream.of(Route.class, Route.ReadOnly.class)
            .flatMap(sealed -> Arrays.stream(sealed.getPermittedSubclasses()))
            .filter(Class::isRecord)
            .collect(Collectors.toSet());
    // A page for persons is no part of the API.
    all.remove(Route.Playground.class);
    assertEquals(all, routes);
  }

  @Test
  void routesWithoutAKeyAreDescribedSo() throws IOException {
    for (var path : api.paths()) {
      for (var method : api.methods(path)) {
        boolean open = api.operation(path, method).path("security").isArray();
        assertEquals(!open, statusWithoutKey(method, path) == 401, method + " " + path);
      }
    }
  }

  private static int statusWithoutKey(String method, String path) throws IOException {
    try (var harness = new GatewayHarness()) {
      return harness.call(method, path.replace("{id}", "priced"), Map.of(), "").status();
    }
  }

  @Test
  void everyResponseHeaderIsDescribed() {
    for (var response : api.responses()) {
      var headers = DescribedApi.names(response.described().path("headers"));
      assertTrue(headers.contains("x-request-id"), response.where());
      // It is sent before anything is known of the origin.
      boolean isOfEdge = response.where().contains("EdgeRequired");
      assertEquals(!isOfEdge, headers.contains("vary"), response.where());
      boolean failed = Integer.parseInt(response.status()) >= 400;
      assertEquals(failed, headers.contains("x-chatgate-error-source"), response.where());
      assertEquals(
          headers.contains("retry-after"), headers.contains("retry-after-ms"), response.where());
    }
  }

  @Test
  void theLimitNamesAreThoseOfTheLedger() {
    assertEquals(
        Limits.ALL.rules().stream().map(rule -> rule.limit().key()).sorted().toList(),
        DescribedApi.elements(api.root().at("/components/schemas/Limit/properties/name/enum"))
            .map(JsonNode::asText)
            .sorted()
            .toList());
  }

  /** The requirements of OpenAPI 3.1.0, section "Schema", that tools rely on. */
  @Test
  void theDocumentIsValidOpenApi() {
    assertEquals("3.1.0", api.root().get("openapi").asText());
    assertTrue(api.root().get("info").hasNonNull("title"));
    assertTrue(api.root().get("info").hasNonNull("version"));
    var ids = new HashSet<String>();
    for (var path : api.paths()) {
      assertTrue(path.startsWith("/"), path);
      for (var method : api.methods(path)) {
        assertTrue(ids.add(api.operation(path, method).get("operationId").asText()), path);
        assertEquals(
            path.contains("{"), api.root().get("paths").get(path).toString().contains("ModelId"));
      }
    }
    api.responses()
        .forEach(response -> {
          assertTrue(response.described().hasNonNull("description"), response.where());
          assertTrue(response.status().matches("[2-5][0-9][0-9]"), response.where());
        });
    everyReferenceLeadsSomewhere(api.root());
  }

  private void everyReferenceLeadsSomewhere(JsonNode node) {
    if (node.has("$ref")) {
      assertFalse(api.resolved(node).isMissingNode());
    }
    node.forEach(this::everyReferenceLeadsSomewhere);
  }

  @Test
  void everySchemaIsAJsonSchema() {
    var meta =
        JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(SchemaLocation.of(SchemaId.V202012));
    api.root()
        .at("/components/schemas")
        .properties()
        .forEach(
            schema -> assertEquals(Set.of(), meta.validate(schema.getValue()), schema.getKey()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/openapi.json", "/openai/openapi.json", "//openapi.json/"})
  void theDocumentIsServedUnchangedWithoutAKey(String path) throws IOException {
    try (var harness = new GatewayHarness()) {
      var answer = harness.call("GET", path, Map.of("origin", "https://app.example"), "");
      assertEquals(200, answer.status());
      assertEquals("application/json", answer.header("content-type"));
      assertEquals("https://app.example", answer.header("access-control-allow-origin"));
      assertArrayEquals(ApiDocument.read().json(), answer.body().getBytes(StandardCharsets.UTF_8));
      assertEquals("", harness.call("HEAD", path, Map.of(), "").body());
      assertEquals("GET, HEAD", harness.call("POST", path, Map.of(), "").header("allow"));
      assertEquals(
          "request_too_large", harness.maxBodyBytes(3).call("GET", path, Map.of(), "four").code());
    }
  }
}

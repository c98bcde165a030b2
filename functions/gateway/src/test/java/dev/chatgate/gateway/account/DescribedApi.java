package dev.chatgate.gateway.account;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A reader of the OpenAPI document for the tests. */
public record DescribedApi(JsonNode root) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

  /** One operation's answer with one status, or an answer that no operation has. */
  record Response(String where, String status, JsonNode described) {}

  static DescribedApi read() {
    try {
      return new DescribedApi(JSON.readTree(ApiDocument.read().json()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Resolves a reference; returns any other node itself. */
  JsonNode resolved(JsonNode node) {
    var at = node;
    while (at.has("$ref")) {
      var target = root.at(at.get("$ref").asText().substring(1));
      if (target.isMissingNode()) {
        throw new AssertionError("nothing at " + at.get("$ref"));
      }
      at = target;
    }
    return at;
  }

  /** A schema of the document's components, to validate with. */
  JsonSchema schema(String name) {
    var schema = JSON.createObjectNode();
    schema.put("$ref", "#/components/schemas/" + name);
    schema.set("components", root.get("components"));
    return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(schema);
  }

  Set<String> paths() {
    return names(root.get("paths"));
  }

  /** The methods of a path, in upper case. */
  Set<String> methods(String path) {
    return names(root.get("paths").get(path)).stream()
        .filter(METHODS::contains)
        .map(method -> method.toUpperCase(java.util.Locale.ROOT))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  JsonNode operation(String path, String method) {
    return root.get("paths").get(path).path(method.toLowerCase(java.util.Locale.ROOT));
  }

  /** All answers. Those that belong to no operation contain their status in an extension. */
  List<Response> responses() {
    var ofOperations =
        paths().stream()
            .flatMap(path -> methods(path).stream().flatMap(method -> responses(path, method)));
    var ofNone =
        root.at("/components/responses").properties().stream()
            .filter(response -> response.getValue().has("x-status"))
            .map(response ->
                new Response(
                    response.getKey(),
                    response.getValue().get("x-status").asText(),
                    response.getValue()));
    return Stream.concat(ofOperations, ofNone).toList();
  }

  private Stream<Response> responses(String path, String method) {
    return operation(path, method).get("responses").properties().stream()
        .map(response ->
            new Response(method + " " + path, response.getKey(), resolved(response.getValue())));
  }

  /** The described statuses of each error code. */
  TreeMap<String, Set<String>> statusesByCode() {
    var statuses = new TreeMap<String, Set<String>>();
    for (var response : responses()) {
      var schema = response.described().at("/content/application~1json/schema");
      codes(schema)
          .forEach(
              code -> statuses.computeIfAbsent(code, _ -> new TreeSet<>()).add(response.status()));
    }
    return statuses;
  }

  private Stream<String> codes(JsonNode schema) {
    var here = resolved(schema);
    var own = here.at("/properties/error/properties/code/enum");
    return Stream.concat(
        elements(own).map(JsonNode::asText), elements(here.path("anyOf")).flatMap(this::codes));
  }

  public static Stream<JsonNode> elements(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  public static Set<String> names(JsonNode object) {
    var names = new TreeSet<String>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}

package dev.chatgate.gateway.account;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import dev.chatgate.openai.operation.ParsedRequest;
import dev.chatgate.openai.operation.chat.ChatOperation;
import dev.chatgate.openai.operation.chat.ChatRules;
import dev.chatgate.openai.tokens.TokenCounters;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The document's request schema and the parser must accept the same bodies. An independent JSON
 * Schema validator checks the schema, {@code ChatRequestParser} the rules.
 */
class ApiDocumentRequestTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int BODIES = 20_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Bodies that together contain every place that a rule names. */
  private static final List<String> FULL =
      List.of(
          """
          {"model":"m","max_tokens":5,"stream":true,"stream_options":{"include_usage":true},"n":2,"seed":1,
           "frequency_penalty":0.5,"presence_penalty":-0.5,"repetition_penalty":1,"stop":["a","b"],
           "temperature":0.1,"top_p":0.5,"top_k":3,"min_p":0.5,"logit_bias":{"50256":-100},"logprobs":true,
           "top_logprobs":3,"separate_reasoning":true,"enable_thinking":false,"parallel_tool_calls":true,
           "max_completion_tokens":7,"best_of":3,"tool_choice":{"type":"function","function":{"name":"f"}},
           "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{},"strict":true}}],
           "response_format":{"type":"json_schema","json_schema":{"name":"s","description":"d","schema":{},"strict":false}},
           "messages":[{"role":"user","name":"a","content":[{"type":"text","text":"hi"},
             {"type":"image_url","image_url":{"url":"u"}},{"type":"video_url","video_url":{"url":"u"}}]}]}
          """,
          """
          {"model":"m","stop":"a","tool_choice":"auto","response_format":{"type":"text"},
           "messages":[{"role":"assistant","content":null,"tool_calls":[{}]},
             {"role":"user","content":{"type":"image_url","image_url":"u"}},
             {"role":"user","content":[{"type":"video_url","video_url":"u"},{"type":"new","x":1}]},
             {"role":"user","content":"hi"}]}
          """);

  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "false",
          "\"\"",
          "\" \\t\"",
          "\"\\u2003\"",
          "\"\\u00a0\"",
          "\"m\"",
          "\"text\"",
          "\"image_url\"",
          "\"video_url\"",
          "\"function\"",
          "\"assistant\"",
          "\"user\"",
          "\"tool\"",
          "\"auto\"",
          "\"json_schema\"",
          "\"json_object\"",
          "-101",
          "-100",
          "-3",
          "-2",
          "-1",
          "0",
          "1",
          "2",
          "3",
          "4",
          "20",
          "21",
          "100",
          "101",
          "128",
          "129",
          "2147483647",
          "2147483648",
          "-2.5",
          "-0.5",
          "0.5",
          "1.5",
          "2.5",
          "{}",
          "[]",
          "[\"a\"]",
          "[\"a\",\"b\",\"c\",\"d\",\"e\"]",
          "[1]",
          "[{}]",
          "[null]",
          "[[]]",
          "{\"type\":\"text\"}",
          "{\"type\":\"text\",\"text\":\"t\"}",
          "{\"type\":\"function\"}",
          "{\"type\":\"json_schema\"}",
          "{\"url\":\"u\"}",
          "{\"url\":1}",
          "{\"name\":\"n\"}",
          "{\"role\":\"user\"}",
          "{\"role\":\"assistant\",\"refusal\":\"no\"}",
          "{\"role\":\"assistant\",\"reasoning_content\":\"r\"}",
          "{\"role\":\"assistant\",\"content\":null,\"thinking_blocks\":[{}]}",
          "{\"role\":\"user\",\"reasoning\":\"r\"}",
          "{\"type\":\"text\",\"text\":null}",
          "{\"type\":\"invented\",\"text\":null,\"image_url\":null,\"video_url\":null}",
          "{\"type\":\"text\",\"json_schema\":null}",
          "{\"type\":\"function\",\"function\":null}",
          "{\"type\":\"custom\",\"function\":null}",
          "\"%s\"".formatted("m".repeat(256)),
          "\"%s\"".formatted("m".repeat(257)),
          "{\"role\":\"assistant\",\"tool_calls\":[]}",
          "{\"include_usage\":null}",
          "{\"1\":100}",
          "{\"1\":101}",
          "{\"1\":0.5}");

  private static final JsonSchema SCHEMA = DescribedApi.read().schema("ChatCompletionRequest");
  private static final ChatOperation PARSER = new ChatOperation(new TokenCounters());

  @Test
  void theFullBodiesPassAndContainEveryPlaceOfTheTable() throws JsonProcessingException {
    var places = new ArrayList<String>();
    for (var text : FULL) {
      assertTrue(agreeOn(JSON.readTree(text)), "a full body is refused");
      places(JSON.readTree(text)).forEach(place -> places.add(place.rule));
    }
    ChatRules.RULES.forEach(rule ->
        assertTrue(places.contains(rule.path()), () -> "no body of FULL contains " + rule.path()));
  }

  @Test
  void theyAgreeOnEveryPlaceWithEveryValueAndWithout() throws JsonProcessingException {
    int refused = 0;
    for (var text : FULL) {
      for (int place = 0; place < places(JSON.readTree(text)).size(); place++) {
        refused += agreeOn(without(JSON.readTree(text), place)) ? 0 : 1;
        for (var value : VALUES) {
          refused += agreeOn(with(JSON.readTree(text), place, JSON.readTree(value))) ? 0 : 1;
        }
      }
    }
    assertTrue(refused > 1000, "only " + refused + " were refused");
  }

  @Test
  void theyAgreeOnBodiesWithSeveralChanges() throws JsonProcessingException {
    var random = new Random(SEED);
    for (int i = 0; i < BODIES; i++) {
      var body = JSON.readTree(FULL.get(random.nextInt(FULL.size())));
      for (int change = random.nextInt(4); change >= 0; change--) {
        var places = places(body);
        if (!places.isEmpty()) {
          int place = random.nextInt(places.size());
          var value = VALUES.get(random.nextInt(VALUES.size()));
          body =
              random.nextInt(3) == 0
                  ? without(body, place)
                  : with(body, place, JSON.readTree(value));
        }
      }
      agreeOn(body);
    }
  }

  /** Whether both accept the body; fails if they differ. */
  private static boolean agreeOn(JsonNode body) {
    var parsed = PARSER.parse(body.toString().getBytes(UTF_8));
    boolean taken = parsed instanceof ParsedRequest.Valid;
    var faults = SCHEMA.validate(body);
    assertEquals(
        taken,
        faults.isEmpty(),
        () ->
            "seed " + SEED + ": " + body + "\nthe parser: " + parsed + "\nthe document: " + faults);
    return taken;
  }

  private static JsonNode with(JsonNode body, int place, JsonNode value) {
    var at = places(body).get(place);
    if (at.around instanceof ObjectNode object) {
      object.set(at.name, value);
    } else if (at.around instanceof ArrayNode array) {
      array.set(at.index, value);
    }
    return body;
  }

  private static JsonNode without(JsonNode body, int place) {
    var at = places(body).get(place);
    if (at.around instanceof ObjectNode object) {
      object.remove(at.name);
    } else if (at.around instanceof ArrayNode array) {
      array.remove(at.index);
    }
    return body;
  }

  /** A member of an object, or an item of a list. */
  private record Place(String rule, JsonNode around, String name, int index) {}

  private static List<Place> places(JsonNode body) {
    return inside("", body).toList();
  }

  private static Stream<Place> inside(String path, JsonNode node) {
    if (node.isArray()) {
      return Stream.iterate(0, i -> i < node.size(), i -> i + 1)
          .flatMap(i ->
              Stream.concat(
                  Stream.of(new Place(path + "[]", node, "", i)),
                  inside(path + "[]", node.get(i))));
    }
    return node.properties().stream()
        .flatMap(member -> {
          var name = path.equals("logit_bias") ? "*" : member.getKey();
          var place = path.isEmpty() ? name : path + "." + name;
          return Stream.concat(
              Stream.of(new Place(place, node, member.getKey(), 0)),
              inside(place, member.getValue()));
        });
  }
}

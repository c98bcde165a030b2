package dev.chatgate.openai.operation.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.chatgate.openai.operation.MeteredRequest;
import dev.chatgate.openai.operation.ParsedRequest;
import dev.chatgate.openai.operation.UpstreamEdits;
import dev.chatgate.openai.tokens.TokenCounters;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/**
 * Bytes in = bytes out, but for the fields that were to be set: 10,000 bodies in every way to write
 * one down, each with an independent prediction of the bytes that must come out. The seed is in
 * every failure; {@code -Dseed=} repeats it.
 */
class BodyFidelityTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int BODIES = 10_000;

  private final ChatOperation parser = new ChatOperation(new TokenCounters());

  @Test
  void unsplicedBodiesAreTheVeryBytes() throws Exception {
    var bodies = new RandomBodies(SEED);
    for (int i = 0; i < BODIES; i++) {
      byte[] body = bodies.next(UpstreamEdits.NONE).sent().getBytes(UTF_8);
      byte[] hash = sha256(body);
      MeteredRequest request = valid(body);
      assertSame(body, request.upstreamBody(UpstreamEdits.NONE), () -> "seed " + SEED);
      assertSame(
          body,
          request.upstreamBody(
              new UpstreamEdits(Optional.of(request.model()), OptionalLong.empty(), false)));
      assertTrue(request.promptTokens("gpt-4o") > 0);
      assertArrayEquals(hash, sha256(body), () -> "seed " + SEED);
    }
  }

  @Test
  void splicedBodiesDifferInTheNamedFieldsAlone() throws Exception {
    var edits = new UpstreamEdits(Optional.of("vendor/\"é😀\\"), OptionalLong.of(4096), true);
    var bodies = new RandomBodies(SEED);
    for (int i = 0; i < BODIES; i++) {
      RandomBodies.Body body = bodies.next(edits);
      String up = new String(valid(body.sent().getBytes(UTF_8)).upstreamBody(edits), UTF_8);
      assertEquals(body.expected(), up, () -> "seed " + SEED);
      assertOnlyTheNamedFieldsChanged(read(body.sent()), read(up));
    }
  }

  private static void assertOnlyTheNamedFieldsChanged(Map<?, ?> before, Map<?, ?> after) {
    var expected = new LinkedHashMap<Object, Object>(before);
    expected.put("model", "vendor/\"é😀\\");
    if (expected.getOrDefault("max_tokens", "null").equals("null")) {
      expected.put("max_tokens", "4096");
    }
    var options = new LinkedHashMap<Object, Object>();
    if (before.get("stream_options") instanceof Map<?, ?> given) {
      options.putAll(given);
    }
    options.put("include_usage", "true");
    expected.put("stream_options", options);
    assertEquals(expected, after, () -> "seed " + SEED);
  }

  private MeteredRequest valid(byte[] body) {
    var parsed = parser.parse(body);
    return assertInstanceOf(
            ParsedRequest.Valid.class, parsed, () -> "seed " + SEED + " " + new String(body, UTF_8))
        .request();
  }

  private static byte[] sha256(byte[] bytes) throws NoSuchAlgorithmException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  /** The body as maps, lists and strings; other scalars as they were spelled. */
  private static Map<?, ?> read(String body) throws IOException {
    try (var json = new JsonFactory().createParser(body)) {
      json.nextToken();
      return (Map<?, ?>) value(json);
    }
  }

  private static Object value(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.START_OBJECT) {
      var object = new LinkedHashMap<String, Object>();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        json.nextToken();
        object.put(name, value(json));
      }
      return object;
    }
    if (json.currentToken() == JsonToken.START_ARRAY) {
      List<Object> array = new ArrayList<>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        array.add(value(json));
      }
      return array;
    }
    return json.getText();
  }
}

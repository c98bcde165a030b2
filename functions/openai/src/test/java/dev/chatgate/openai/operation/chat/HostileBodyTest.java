package dev.chatgate.openai.operation.chat;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.operation.ParsedRequest;
import dev.chatgate.openai.tokens.TokenCounters;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that were not made by a client library: each is a 400, quickly, and says why. */
class HostileBodyTest {
  private static final String SAY = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";
  private static final String GOOD = "{\"model\":\"m\"," + SAY + "}";
  private static final int MAX_BYTES = 4 * 1024 * 1024;
  private static final Duration QUICKLY = Duration.ofSeconds(10);

  private final ChatOperation parser = new ChatOperation(new TokenCounters());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " \n",
        "{",
        "{\"model\"",
        "{\"model\":\"m\",",
        "{\"model\":\"m\"",
        "{\"model\":\"m\",\"messages\":[",
        "{\"model\":\"m\",}",
        "{'model':'m'}",
        "{model:\"m\"}",
        "{\"model\":m}",
        "{\"model\":\"m\"} ,",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":-Infinity}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":5.}",
        "{\"a\":01}",
        "{\"a\":0x1F}",
        "{\"a\":1_000}",
        "{\"a\":[1,]}",
        "{\"a\":[,1]}",
        "{\"a\":[1 2]}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"line\nfeed\"}",
        "{\"a\":\"nul\u0000\"}",
        "{\"a\":1}]",
        "{]",
        "{\"a\":tru}",
        "{\"a\":True}",
        "{\"a\":nulls}",
        "/* c */ {}",
        "{\"a\":1 // c\n}",
        "{\"a\":1 # c\n}",
        "\u00a0{}",
        "{}\u0000"
      })
  void whatIsNotJsonIsRefused(String body) {
    assertEquals("invalid_json", refused(body).code().wireName());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{} {}", "x", "]", ",", "\"\"", "0", "null"})
  void nothingMayFollowTheBody(String garbage) {
    assertEquals("invalid_json", refused(GOOD + "\r\n\t " + garbage).code().wireName());
  }

  @Test
  void whiteSpaceMayFollowTheBody() {
    assertInstanceOf(
        ParsedRequest.Valid.class, parse((" \t\r\n" + GOOD + " \t\r\n").getBytes(UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"x\"", "5", "0.5", "true", "null", "[{\"model\":\"m\"}]"})
  void theTopLevelMustBeAnObject(String body) {
    ApiError error = refused(body);
    assertEquals("invalid_type", error.code().wireName());
    assertEquals(Optional.empty(), error.param());
  }

  @Test
  void everyPrefixOfABodyIsRefused() {
    for (int length = 0; length < GOOD.length(); length++) {
      assertEquals("invalid_json", refused(GOOD.substring(0, length)).code().wireName());
    }
  }

  @Test
  void keysComeOnce() {
    assertDuplicate("{\"model\":\"m\",\"model\":\"m\"," + SAY + "}", "model");
    assertDuplicate("{\"model\":\"m\",\"\\u006dodel\":\"x\"," + SAY + "}", "model");
    assertDuplicate("{\"model\":\"m\"," + SAY + "," + SAY + "}", "messages");
    assertDuplicate(
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"a\",\"content\":\"b\"}]}",
        "messages[0].content");
    assertDuplicate("{\"unknown\":[{},{\"a\":1,\"b\":2,\"c\":3,\"a\":1}]}", "unknown[1].a");
    assertDuplicate("{\"é\":1,\"\\u00e9\":2}", "é");
    assertDuplicate("{\"\":1,\"\":2}", "");
  }

  @Test
  void theSameKeyInTwoObjectsIsFine() {
    var body = "{\"model\":\"m\"," + SAY + ",\"a\":[{\"a\":1,\"b\":{\"a\":{\"a\":2}}},{\"a\":1}]}";
    assertInstanceOf(ParsedRequest.Valid.class, parse(body.getBytes(UTF_8)));
  }

  @Test
  void otherEncodingsAndByteOrderMarksAreRefused() {
    for (Charset charset :
        new Charset[] {
          UTF_16LE, UTF_16BE, Charset.forName("UTF-32LE"), Charset.forName("UTF-32BE")
        }) {
      assertEquals("invalid_json", refused(GOOD.getBytes(charset)).code().wireName());
      assertEquals("invalid_json", refused(("\uFEFF" + GOOD).getBytes(charset)).code().wireName());
    }
    ApiError error = refused("\uFEFF" + GOOD);
    assertTrue(error.message().contains("byte order mark"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80",
        "C0AF",
        "C1BF",
        "E08080",
        "EDA080",
        "EDBFBF",
        "EDA0BDEDB880",
        "F0808080",
        "F4908080",
        "F8888080",
        "FF",
        "FE",
        "C3",
        "E282",
        "F09F98"
      })
  void whatIsNotUtf8IsRefused(String hex) {
    var bytes = HexFormat.of().parseHex(hex);
    for (String around : new String[] {"{\"a\":\"§\"}", "{\"§\":1}", "{§}", "{}§"}) {
      int at = around.indexOf('§');
      var body = new ByteArrayOutputStream();
      body.writeBytes(around.substring(0, at).getBytes(UTF_8));
      body.writeBytes(bytes);
      body.writeBytes(around.substring(at + 1).getBytes(UTF_8));
      ApiError error = refused(body.toByteArray());
      assertEquals("invalid_json", error.code().wireName());
      assertTrue(error.message().contains("offset " + at), error.message());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\\uD800",
        "\\uDC00",
        "\\uDC00\\uD800",
        "\\uD83Dx\\uDE00",
        "\\uD83D\\uD83D\\uDE00",
        "\\uD83D\\uDE00\\uDE00",
        "\\uD83D\\\\uDE00",
        "\uD83D\uDE00\\uDE00",
        "\\uD83D\uD83D\uDE00"
      })
  void halfASurrogatePairIsRefusedWhereverItStands(String half) {
    for (String body :
        new String[] {
          "{\"model\":\"" + half + "\"," + SAY + "}",
          "{\"unknown\":[\"" + half + "\"]}",
          "{\"n\":\"" + half + "\"}",
          "{\"" + half + "\":1}",
          "{\"" + half + "\":1,\"" + half + "\":1}"
        }) {
      ApiError error = refused(body);
      assertTrue(new String(error.body(), UTF_8).contains("\"code\":"), "can be written");
    }
    assertEquals("invalid_json", refused("{\"unknown\":[\"" + half + "\"]}").code().wireName());
  }

  @Test
  void wholePairsPass() {
    var body = "{\"model\":\"m\"," + SAY + ",\"\\uD83D\\uDE00\":\"\\ud83d\\ude00 \uD83D\uDE00\"}";
    assertInstanceOf(ParsedRequest.Valid.class, parse(body.getBytes(UTF_8)));
  }

  @Test
  void nestingEndsAtAHundred() {
    assertInstanceOf(ParsedRequest.Valid.class, parse(nested("[", "]", 99).getBytes(UTF_8)));
    assertInstanceOf(ParsedRequest.Valid.class, parse(nested("{\"a\":", "}", 99).getBytes(UTF_8)));
    for (int depth : new int[] {100, 101, 102, 10_000, 500_000}) {
      assertTooDeep(nested("[", "]", depth));
      assertTooDeep(nested("{\"a\":", "}", depth));
      assertEquals("invalid_json", refused("[".repeat(depth)).code().wireName());
    }
  }

  private static String nested(String open, String close, int depth) {
    return "{\"model\":\"m\","
        + SAY
        + ",\"x\":"
        + open.repeat(depth)
        + "1"
        + close.repeat(depth)
        + "}";
  }

  private void assertTooDeep(String body) {
    ApiError error = assertTimeout(QUICKLY, () -> refused(body));
    assertTrue(error.message().contains("nested"), error.message());
    assertEquals("invalid_json", error.code().wireName());
  }

  @Test
  void numbersEndAtAThousandCharacters() {
    for (String shape : new String[] {"§", "-§", "0.§", "1e§", "-0.§e-1"}) {
      int room = 1000 - shape.length() + 1;
      String fits = shape.replace("§", "1".repeat(room));
      String tooLong = shape.replace("§", "1".repeat(room + 1));
      var body = "{\"model\":\"m\"," + SAY + ",\"x\":[" + fits + "]}";
      assertInstanceOf(ParsedRequest.Valid.class, parse(body.getBytes(UTF_8)), shape);
      ApiError error = refused("{\"x\":[0," + tooLong + "]}");
      assertEquals("invalid_json", error.code().wireName());
      assertEquals(Optional.of("x[1]"), error.param());
    }
    ApiError error = assertTimeout(QUICKLY, () -> refused("{\"n\":" + "9".repeat(4_000_000) + "}"));
    assertEquals("invalid_json", error.code().wireName());
  }

  @Test
  void whatIsQuotedEndsAtAKilobyte() {
    ApiError value =
        refused("{\"model\":\"m\"," + SAY + ",\"n\":\"" + "é😀".repeat(500_000) + "\"}");
    assertTrue(value.message().getBytes(UTF_8).length < 1100, value.message());
    ApiError key = refused("{\"" + "k".repeat(1_000_000) + "\":{\"a\":1,\"a\":2}}");
    assertTrue(key.param().orElseThrow().length() < 1000);
    assertTrue(key.body().length < 4096);
  }

  @Test
  void bigBodiesOfEveryKindAreReadInBoundedTime() {
    var random = new SplittableRandom(7);
    var keys = new StringBuilder("{\"model\":\"m\"," + SAY);
    while (keys.length() < MAX_BYTES - 100) {
      keys.append(",\"").append(Integer.toString(random.nextInt(), 36)).append("\":0");
    }
    for (String body :
        new String[] {
          keys + "}",
          "{\"model\":\"m\"," + SAY + ",\"x\":[" + "{},".repeat(1_300_000) + "0]}",
          "{\"model\":\"m\"," + SAY + ",\"x\":\"" + "\\u00e9".repeat(690_000) + "\"}",
          "{\"model\":\"m\"," + SAY + ",\"x\":\"" + "😀".repeat(1_040_000) + "\"}",
          "{\"model\":\"m\"," + SAY + ",\"" + "k".repeat(4_000_000) + "\":1}",
          " ".repeat(4_100_000) + "{\"model\":\"m\"," + SAY + "}"
        }) {
      var parsed = assertTimeout(QUICKLY, () -> parse(body.getBytes(UTF_8)));
      if (parsed instanceof ParsedRequest.Valid(var request)) {
        assertTimeout(QUICKLY, () -> request.promptTokens("openai/gpt-4o"));
      }
    }
  }

  private void assertDuplicate(String body, String param) {
    ApiError error = refused(body);
    assertEquals("duplicate_key", error.code().wireName());
    assertEquals(Optional.of(param), error.param());
  }

  private ApiError refused(String body) {
    return refused(body.getBytes(UTF_8));
  }

  private ApiError refused(byte[] body) {
    ApiError error = assertInstanceOf(ParsedRequest.Invalid.class, parse(body)).error();
    assertEquals(400, error.status());
    return error;
  }

  private ParsedRequest parse(byte[] body) {
    return parser.parse(body);
  }
}

package dev.chatgate.identity.login;

import static dev.chatgate.identity.login.TestIssuer.base64;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that are damaged, or written in a way that none is. */
class MalformedTokenTest {
  private static final String BASE64URL =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private final LoginFixture fixture = new LoginFixture("ES256");

  @Test
  void everyChangeOfACharacterIsInvalid() {
    var token = fixture.token();
    for (int i = 0; i < token.length(); i++) {
      for (var other : List.of('A', 'Q', 'z', '-', '.', '=', ' ', '\u0141')) {
        if (token.charAt(i) != other) {
          fixture.assertInvalid(token.substring(0, i) + other + token.substring(i + 1));
        }
      }
    }
    fixture.assertValid(token);
  }

  @Test
  void everyOtherLastCharacterIsInvalid() {
    for (var algorithm : TestKey.ALGORITHMS) {
      var changed = new LoginFixture(algorithm);
      var token = changed.token();
      for (int i = 0; i < BASE64URL.length(); i++) {
        char last = BASE64URL.charAt(i);
        if (last != token.charAt(token.length() - 1)) {
          changed.assertInvalid(token.substring(0, token.length() - 1) + last);
        }
      }
    }
  }

  @Test
  void everyBeginningAndEndOfATokenIsInvalid() {
    var token = fixture.token();
    for (int i = 0; i < token.length(); i++) {
      fixture.assertInvalid(token.substring(0, i));
      if (i > 0) {
        fixture.assertInvalid(token.substring(i));
      }
    }
  }

  @Test
  void everyAddedCharacterIsInvalid() {
    var token = fixture.token();
    for (int i = 0; i <= token.length(); i++) {
      for (var added : List.of("A", ".", "=", "\n", " ", "%")) {
        fixture.assertInvalid(token.substring(0, i) + added + token.substring(i));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "...",
        "....",
        "e",
        "ey",
        "ey..",
        "eyJ.eyJ.",
        "e30.e30.",
        "e30.e30.e30",
        "e30..",
        ".e30.",
        "a.b.c",
        "Bearer ey.ey.ey",
        "\u0000.\u0000.\u0000",
        "ﬀ.ﬀ.ﬀ",
        "=.=.="
      })
  void textsThatAreNoTokenAreInvalid(String text) {
    fixture.assertInvalid(text);
    assertEquals(0, fixture.tenants.indexReads());
  }

  @Test
  void partsMustBeBase64urlInItsOnlySpelling() {
    var parts = fixture.token().split("\\.", -1);
    for (int i = 0; i < parts.length; i++) {
      for (var spelling :
          List.of(
              parts[i] + "=",
              parts[i] + "==",
              parts[i] + " ",
              parts[i] + "\r\n",
              " " + parts[i],
              parts[i].substring(0, 8) + "\n" + parts[i].substring(8),
              parts[i].substring(0, 8) + "=" + parts[i].substring(8),
              parts[i] + "A",
              "")) {
        var other = parts.clone();
        other[i] = spelling;
        fixture.assertInvalid(String.join(".", other));
        fixture.assertInvalid(TestIssuer.signed(other[0], other[1], fixture.issuer.key()) + ".");
        if (i < 2) {
          fixture.assertInvalid(TestIssuer.signed(other[0], other[1], fixture.issuer.key()));
        }
      }
    }
  }

  /** A signed token with parts that end in bits that no byte has (RFC 4648, section 3.5). */
  @Test
  void unusedBitsMustBeZero() {
    for (var pad : List.of("", " ", "  ")) {
      var header = encoded(fixture.issuer.header() + pad);
      var claims = encoded(fixture.claims() + pad);
      fixture.assertValid(TestIssuer.signed(header, claims, fixture.issuer.key()));
      if (header.length() % 4 != 0) {
        fixture.assertInvalid(
            TestIssuer.signed(withUnusedBit(header), claims, fixture.issuer.key()));
      }
      if (claims.length() % 4 != 0) {
        fixture.assertInvalid(
            TestIssuer.signed(header, withUnusedBit(claims), fixture.issuer.key()));
      }
    }
  }

  private static String withUnusedBit(String part) {
    int last = BASE64URL.indexOf(part.charAt(part.length() - 1));
    return part.substring(0, part.length() - 1) + BASE64URL.charAt(last + 1);
  }

  /** The alphabet of RFC 4648, section 4, is not that of section 5. */
  @Test
  void theOtherAlphabetIsInvalid() {
    // Every third byte is 0xFB or 0xFF, which base64 writes with + and /, whatever comes before.
    var claims = encoded(fixture.claims().text("name", "ÿ?>~ÿ?>~ÿ??>>~~").toString());
    assertTrue(claims.contains("-") || claims.contains("_"));
    fixture.assertValid(
        TestIssuer.signed(
            encoded(fixture.issuer.header().toString()), claims, fixture.issuer.key()));
    fixture.assertInvalid(
        TestIssuer.signed(
            encoded(fixture.issuer.header().toString()),
            claims.replace('-', '+').replace('_', '/'),
            fixture.issuer.key()));
  }

  @Test
  void aTokenHasAtMost8192Bytes() {
    var padded = fixture.claims();
    var token = fixture.issuer.token(padded);
    int room = (8_192 - token.length()) * 3 / 4;
    for (int size = room - 20; fixture.issuer.token(padded).length() < 8_192; size++) {
      padded.text("pad", "a".repeat(size));
    }
    var longest = fixture.issuer.token(padded);
    assertEquals(8_192, longest.length());
    fixture.assertValid(longest);
    fixture.assertInvalid(longest + "A");
    fixture.assertInvalid(fixture.issuer.token(padded.text("pad2", "")));
  }

  @Test
  void hugeTextsAreInvalid() {
    fixture.assertInvalid("e".repeat(10_000_000));
    fixture.assertInvalid(".".repeat(8_192));
    fixture.assertInvalid(fixture.token() + ".".repeat(7_000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "true",
        "1",
        "\"\"",
        "[]",
        "{",
        "}",
        "{}}",
        "{} {}",
        "{},",
        "{}x",
        "{a:1}",
        "{'a':1}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,\"a\":1}",
        "{\"a\":undefined}",
        "{\"a\":Infinity}",
        "{\"a\":\"\u0001\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":1}/**/",
        "#\n{}",
        "/**/{}",
        "{\"a\":1"
      })
  void hostileJsonIsInvalid(String json) {
    var header = fixture.issuer.header().toString();
    var claims = fixture.claims().toString();
    fixture.assertInvalid(fixture.issuer.token(header, json));
    fixture.assertInvalid(fixture.issuer.token(json, claims));
    if (!json.isBlank()) {
      fixture.assertInvalid(fixture.issuer.token(header, claims + json));
      fixture.assertInvalid(fixture.issuer.token(header + json, claims));
    }
    assertEquals(List.of(), fixture.keys.lookups());
  }

  @Test
  void aMemberThatStandsTwiceIsInvalid() {
    var header = fixture.issuer.header().toString();
    var claims = fixture.claims().toString();
    for (var twice :
        List.of(
            "\"alg\":\"ES256\"", "\"\\u0061lg\":\"ES256\"", "\"kid\":\"one\"", "\"typ\":\"JWT\"")) {
      fixture.assertInvalid(fixture.issuer.token(with(header, twice), claims));
    }
    for (var twice :
        List.of(
            "\"sub\":\"ann\"",
            "\"sub\":\"bob\"",
            "\"\\u0073ub\":\"bob\"",
            "\"aud\":\"app\"",
            "\"exp\":4102444800",
            "\"x\":1,\"x\":1",
            "\"x\":{\"y\":1,\"y\":1}")) {
      fixture.assertInvalid(fixture.issuer.token(header, with(claims, twice)));
    }
  }

  private static String with(String object, String member) {
    return object.substring(0, object.length() - 1) + "," + member + "}";
  }

  @Test
  void whiteSpaceAndEscapesInJsonDoNotMatter() {
    fixture.assertValid(
        fixture.issuer.token(
            " \n\t\r" + fixture.issuer.header().toString().replace(",", " ,\n") + " ",
            fixture.claims().toString().replace("\"sub\"", "\"\\u0073ub\"") + "\n"));
  }

  @Test
  void deepJsonIsInvalid() {
    for (int depth : new int[] {21, 1_000, 2_900}) {
      fixture.assertInvalid(fixture.claims().with("deep", "[".repeat(depth) + "]".repeat(depth)));
      fixture.assertInvalid(fixture.claims().with("deep", "[".repeat(depth)));
      fixture.assertInvalid(fixture.claims().with("deep", "{\"a\":".repeat(depth)));
    }
    fixture.assertValid(
        fixture.issuer.token(fixture.claims().with("deep", "[".repeat(19) + "]".repeat(19))));
  }

  @Test
  void manyMembersAndStringsAreReadInTime() {
    var names =
        IntStream.range(0, 500)
            .mapToObj(i -> "\"a" + i + "\":1")
            .collect(Collectors.joining(",", "{", "}"));
    var strings = "\"\",".repeat(1_500) + "\"\"";

    fixture.assertValid(fixture.issuer.token(fixture.claims().with("many", names)));
    fixture.assertValid(fixture.issuer.token(fixture.claims().with("many", "[" + strings + "]")));
    assertEquals(List.of("acme", "acme"), fixture.tenants.reads());
  }

  @Test
  void longNumbersAreInvalidOrRead() {
    fixture.assertValid(fixture.issuer.token(fixture.claims().with("n", "1".repeat(1_000))));
    fixture.assertInvalid(fixture.claims().with("n", "1".repeat(1_001)));
    fixture.assertExpired(
        fixture.issuer.token(fixture.claims().with("exp", "0." + "1".repeat(900))));
  }

  private static String encoded(String text) {
    return base64(text.getBytes(UTF_8));
  }
}

package dev.chatgate.identity.clientsecret;

import static dev.chatgate.identity.clientsecret.Tokens.DEPLOYMENT;
import static dev.chatgate.identity.clientsecret.Tokens.HEADER;
import static dev.chatgate.identity.clientsecret.Tokens.KEY;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.identity.clientsecret.ClientSecretResult.Expired;
import dev.chatgate.identity.clientsecret.ClientSecretResult.Invalid;
import dev.chatgate.identity.clientsecret.ClientSecretResult.Valid;
import dev.chatgate.secret.SigningSecretUnavailableException;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.Narrowing;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.time.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientSecretCodecTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  private static final ClientSecret PLAIN =
      new ClientSecret(
          new TenantId("acme"),
          Optional.empty(),
          0,
          "cs-1",
          NOW,
          NOW.plusSeconds(600),
          Optional.empty(),
          Optional.empty(),
          Narrowing.NONE);

  private static final ClientSecret FULL =
      new ClientSecret(
          new TenantId("acme.eu-1"),
          Optional.of(Instant.parse("2026-10-01T08:00:00.123456789Z")),
          65_534,
          "0b1c",
          NOW,
          NOW.plusSeconds(7_200),
          Optional.of(new EndUser("user|\"7\"")),
          Optional.of("pro"),
          new Narrowing(
              Optional.of(List.of("fast", "ö/\"x\"", "\ud83d\ude00 \ud800")),
              OptionalLong.of(Long.MAX_VALUE),
              Optional.of(List.of("https://app.example"))));

  private final TestClock clock = new TestClock(NOW);
  private final FixedSigningSecrets secrets =
      new FixedSigningSecrets(Tokens.secret(DEPLOYMENT, KEY));
  private final ClientSecretCodec codec = new ClientSecretCodec(secrets, clock);

  private String write(ClientSecret secret) {
    return codec.write(secret).orElseThrow();
  }

  private void assertInvalid(String token) {
    assertEquals(new Invalid(), codec.read(token), token);
  }

  static Stream<ClientSecret> secrets() {
    var none = new Narrowing(Optional.of(List.of()), OptionalLong.of(0), Optional.of(List.of()));
    return Stream.of(
        PLAIN,
        FULL,
        with(none),
        with(new Narrowing(Optional.of(List.of("a")), OptionalLong.empty(), Optional.empty())),
        with(new Narrowing(Optional.empty(), OptionalLong.of(1), Optional.empty())),
        with(new Narrowing(Optional.empty(), OptionalLong.empty(), Optional.of(List.of("b")))));
  }

  private static ClientSecret with(Narrowing narrowing) {
    return new ClientSecret(
        PLAIN.tenant(),
        PLAIN.tenantCreatedAt(),
        PLAIN.keyCode(),
        PLAIN.id(),
        PLAIN.createdAt(),
        PLAIN.expiresAt(),
        PLAIN.endUser(),
        PLAIN.tier(),
        narrowing);
  }

  @ParameterizedTest
  @MethodSource("secrets")
  void whatIsWrittenIsReadBack(ClientSecret secret) {
    assertEquals(new Valid(secret), codec.read(write(secret)));
  }

  @Test
  void theFormIsFixed() {
    assertEquals(
        Tokens.signed(
            HEADER,
            """
            {"v":1,"iss":"0123456789abcdef","jti":"0b1c","iat":1795435200,"exp":1795442400,\
            "ten":"acme.eu-1","tca":"2026-10-01T08:00:00.123456789Z","key":65534,\
            "usr":"user|\\"7\\"","tir":"pro","mod":["fast","\\u00F6/\\"x\\"","\\uD83D\\uDE00 \\uD800"],"max":9223372036854775807,\
            "org":["https://app.example"]}\
            """),
        write(FULL));
    assertEquals(
        """
        {"v":1,"iss":"0123456789abcdef","jti":"cs-1","iat":1795435200,"exp":1795435800,\
        "ten":"acme","key":0}\
        """,
        Tokens.claims(write(PLAIN)));
  }

  @Test
  void everyChangeOfOneCharacterIsInvalid() {
    var token = write(PLAIN);
    for (int at = 0; at < token.length(); at++) {
      for (char other = 0; other < 256; other++) {
        if (other != token.charAt(at)) {
          assertInvalid(token.substring(0, at) + other + token.substring(at + 1));
        }
      }
    }
  }

  @Test
  void everyLostOrAddedCharacterIsInvalid() {
    var token = write(PLAIN);
    for (int at = 0; at <= token.length(); at++) {
      assertInvalid(token.substring(0, at) + "A" + token.substring(at));
      assertInvalid(token.substring(0, at) + "=" + token.substring(at));
      assertInvalid(token.substring(0, at) + "." + token.substring(at));
      if (at < token.length()) {
        assertInvalid(token.substring(0, at));
        assertInvalid(token.substring(0, at) + token.substring(at + 1));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"alg\":\"none\",\"kid\":\"1\",\"typ\":\"chatgate-client-secret+jwt\"}",
        "{\"alg\":\"hs256\",\"kid\":\"1\",\"typ\":\"chatgate-client-secret+jwt\"}",
        "{\"alg\":\"HS384\",\"kid\":\"1\",\"typ\":\"chatgate-client-secret+jwt\"}",
        "{\"alg\":\"RS256\",\"kid\":\"1\",\"typ\":\"chatgate-client-secret+jwt\"}",
        "{\"alg\":256,\"kid\":\"1\",\"typ\":\"chatgate-client-secret+jwt\"}",
        "{\"kid\":\"1\",\"typ\":\"chatgate-client-secret+jwt\"}",
        "{\"alg\":\"HS256\",\"kid\":\"1\",\"typ\":\"JWT\"}",
        "{\"alg\":\"HS256\",\"kid\":\"1\",\"typ\":\"application/chatgate-client-secret+jwt\"}",
        "{\"alg\":\"HS256\",\"kid\":\"1\"}",
        "{\"alg\":\"HS256\",\"kid\":1,\"typ\":\"chatgate-client-secret+jwt\"}",
        "{\"alg\":\"HS256\",\"kid\":\"\",\"typ\":\"chatgate-client-secret+jwt\"}",
        "{\"alg\":\"HS256\",\"kid\":\"../1\",\"typ\":\"chatgate-client-secret+jwt\"}",
        "{\"alg\":\"HS256\",\"typ\":\"chatgate-client-secret+jwt\"}",
        "{\"alg\":\"HS256\",\"kid\":\"1\",\"kid\":\"1\",\"typ\":\"chatgate-client-secret+jwt\"}",
        "{\"alg\":\"HS256\",\"kid\":\"1\",\"typ\":\"chatgate-client-secret+jwt\",\"crit\":[\"x\"]}",
        "{\"alg\":\"HS256\",\"kid\":\"1\",\"typ\":\"chatgate-client-secret+jwt\",\"b64\":false}",
        "{\"alg\":\"HS256\",\"kid\":\"1\",\"typ\":\"chatgate-client-secret+jwt\",\"jku\":\"https://a\"}",
        "{\"alg\":\"HS256\",\"kid\":\"1\",\"typ\":\"chatgate-client-secret+jwt\",\"jwk\":{}}",
        "{\"alg\":\"HS256\",\"kid\":\"1\",\"typ\":\"chatgate-client-secret+jwt\"} ",
        "{\"alg\":\"HS256\",\"kid\":\"1\",\"typ\":\"chatgate-client-secret+jwt\"",
        "[]",
        "7",
        "x"
      })
  void anotherHeaderIsInvalidThoughOurKeySignedItAndNoKeyIsLookedUp(String header) {
    assertInvalid(Tokens.signed(header, Tokens.claims(write(PLAIN))));
    assertEquals(List.of(), secrets.lookedUp());
  }

  @Test
  void aKeyNameOf64CharactersIsTheLongest() {
    assertInvalid(Tokens.signed(HEADER.replace("\"1\"", "\"" + "a".repeat(65) + "\""), "{}"));
    assertEquals(List.of(), secrets.lookedUp());
    assertInvalid(Tokens.signed(HEADER.replace("\"1\"", "\"" + "a".repeat(64) + "\""), "{}"));
    assertEquals(List.of("a".repeat(64)), secrets.lookedUp());
  }

  @ParameterizedTest
  @ValueSource(strings = {"HmacSHA384", "HmacSHA512", "HmacSHA1"})
  void anotherAlgorithmThanTheHeaderNamesIsInvalid(String algorithm) {
    var claims = Tokens.claims(write(PLAIN)).getBytes(UTF_8);
    assertInvalid(Tokens.signed(HEADER.getBytes(UTF_8), claims, KEY, algorithm));
  }

  @Test
  void aTokenWithoutASignatureIsInvalid() {
    var token = write(PLAIN);
    assertInvalid(token.substring(0, token.lastIndexOf('.') + 1));
    assertInvalid(token.substring(0, token.lastIndexOf('.')));
    assertInvalid(token.substring(0, token.lastIndexOf('.') + 1) + "A".repeat(43));
  }

  @Test
  void anotherKeyOfTheSameNameIsInvalid() {
    var token = write(PLAIN);
    secrets.set(Tokens.secret(DEPLOYMENT, Tokens.key("1", 2, Instant.EPOCH)));
    assertInvalid(token);
  }

  @Test
  void theKeyThatTheHeaderNamesVerifiesAndNoOther() {
    var other = Tokens.key("2", 2, Instant.EPOCH);
    secrets.set(Tokens.secret(DEPLOYMENT, KEY, other));
    var claims = Tokens.claims(write(PLAIN)).getBytes(UTF_8);
    assertInvalid(Tokens.signed(HEADER.getBytes(UTF_8), claims, other, "HmacSHA256"));
  }

  @Test
  void aNewKeySignsOnceItHasStartedAndTheOldOneStillVerifies() {
    secrets.set(Tokens.secret(DEPLOYMENT, KEY, Tokens.key("2", 2, NOW.plusSeconds(60))));
    var before = write(PLAIN);
    clock.advance(Duration.ofSeconds(60));
    var after = write(PLAIN);
    assertEquals(new Valid(PLAIN), codec.read(before));
    assertEquals(new Valid(PLAIN), codec.read(after));
    assertEquals(List.of("1", "2"), secrets.lookedUp());
  }

  @Test
  void aKeyThatIsGoneIsInvalid() {
    var token = write(PLAIN);
    secrets.set(Tokens.secret(DEPLOYMENT, Tokens.key("2", 2, Instant.EPOCH)));
    assertInvalid(token);
  }

  @Test
  void anotherDeploymentIsInvalidEvenWithTheSameKey() {
    var token = write(PLAIN);
    secrets.set(Tokens.secret("fedcba9876543210", KEY));
    assertInvalid(token);
  }

  @Test
  void isExpiredFromItsTimeOn() {
    var token = write(PLAIN);
    clock.advance(Duration.ofMinutes(10).minusNanos(1));
    assertEquals(new Valid(PLAIN), codec.read(token));
    clock.advance(Duration.ofNanos(1));
    assertEquals(new Expired(), codec.read(token));
    clock.advance(Duration.ofSeconds(1));
    assertEquals(new Expired(), codec.read(token));
  }

  @Test
  void anExpiredTokenWithAnythingElseWrongIsInvalid() {
    var token = write(PLAIN);
    clock.advance(Duration.ofDays(1));
    assertInvalid(token.substring(0, token.length() - 1) + "_");
    assertInvalid(Tokens.signed(HEADER, changed("\"v\":1", "\"v\":2")));
    secrets.set(Tokens.secret("fedcba9876543210", KEY));
    assertInvalid(token);
  }

  @Test
  void aTokenFromAClockThatIsAheadIsValid() {
    var token = write(PLAIN);
    clock.advance(Duration.ofDays(-1));
    assertEquals(new Valid(PLAIN), codec.read(token));
  }

  private String changed(String from, String to) {
    var claims = Tokens.claims(write(FULL));
    assertTrue(claims.contains(from), claims);
    return claims.replace(from, to);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"tier\":\"free\"", "\"nbf\":0", "\"aud\":[]", "\"V\":1", "\"\":null"})
  void aClaimThatIsNotKnownIsInvalidBecauseItMayNarrow(String claim) {
    assertInvalid(Tokens.signed(HEADER, changed("\"v\":1", claim + ",\"v\":1")));
    assertInvalid(Tokens.signed(HEADER, changed("]}", "]," + claim + "}")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v", "iss", "jti", "iat", "exp", "ten", "key"})
  void aMissingClaimIsInvalid(String name) {
    var claims = Tokens.claims(write(FULL));
    var without = claims.replaceFirst("\"" + name + "\":(\"[^\"]*\"|[0-9]+),", "");
    assertTrue(without.length() < claims.length(), without);
    assertInvalid(Tokens.signed(HEADER, without));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v", "iss", "jti", "iat", "exp", "ten", "tca", "key", "usr", "tir", "mod", "max", "org"
      })
  void aClaimOfAnotherTypeIsInvalid(String name) {
    for (var value :
        List.of(
            "null",
            "true",
            "1.0",
            "-1",
            "1e3",
            "9223372036854775808",
            "9".repeat(90),
            "\"\"",
            "\" \"",
            "\"a b\"",
            "\"\\u0000\"",
            "[7]",
            "[[]]",
            "[null]",
            "{}",
            "{\"a\":1}",
            "[".repeat(60) + "]".repeat(60))) {
      var claims = Tokens.claims(write(FULL));
      var form = "\"" + name + "\":(\"(\\\\.|[^\"\\\\])*\"|[0-9]+|\\[.*?\\])([,}])";
      var changed =
          claims.replaceFirst(form, "\"" + name + "\":" + value.replace("\\", "\\\\") + "$3");
      assertFalse(changed.equals(claims), form);
      assertInvalid(Tokens.signed(HEADER, changed));
    }
  }

  @Test
  void aClaimOutOfItsRangeIsInvalid() {
    assertInvalid(Tokens.signed(HEADER, changed("\"v\":1", "\"v\":2")));
    assertInvalid(Tokens.signed(HEADER, changed("\"v\":1", "\"v\":0")));
    assertInvalid(Tokens.signed(HEADER, changed("\"key\":65534", "\"key\":65535")));
    assertInvalid(Tokens.signed(HEADER, changed("\"key\":65534", "\"key\":4294967296")));
    assertInvalid(Tokens.signed(HEADER, changed("1795442400", "253402300800")));
    assertInvalid(Tokens.signed(HEADER, changed("1795442400", "9223372036854775807")));
    assertInvalid(Tokens.signed(HEADER, changed("0b1c", "a".repeat(65))));
    assertInvalid(Tokens.signed(HEADER, changed("acme.eu-1", "a".repeat(65))));
    assertInvalid(Tokens.signed(HEADER, changed("user|", "u".repeat(129))));
    assertInvalid(
        Tokens.signed(HEADER, changed("\"tir\":\"pro\"", "\"tir\":\"" + "t".repeat(65) + "\"")));
    assertInvalid(Tokens.signed(HEADER, changed("2026-10-01", "2026-13-01")));
  }

  @Test
  void aClaimThatComesTwiceIsInvalid() {
    assertInvalid(Tokens.signed(HEADER, changed("\"v\":1", "\"v\":1,\"v\":1")));
    assertInvalid(Tokens.signed(HEADER, changed("]}", "],\"mod\":[\"*\"]}")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "}", "[]", "null", "7", "\"x\"", "{}", "{}{}", "{\"v\":1", "{\"v\"}"})
  void claimsThatAreNoObjectAreInvalid(String claims) {
    assertInvalid(Tokens.signed(HEADER, claims));
  }

  @Test
  void whatFollowsTheClaimsIsInvalid() {
    var claims = Tokens.claims(write(PLAIN));
    assertInvalid(Tokens.signed(HEADER, claims + "{}"));
    assertInvalid(Tokens.signed(HEADER, claims + "x"));
    assertEquals(new Valid(PLAIN), codec.read(Tokens.signed(HEADER, claims + " ")));
  }

  @Test
  void claimsThatAreNotUtf8AreInvalid() {
    var claims = changed("fast", "f\u00ffst").getBytes(ISO_8859_1);
    assertInvalid(Tokens.signed(HEADER.getBytes(UTF_8), claims, KEY, "HmacSHA256"));
  }

  @Test
  void randomTextIsInvalid() {
    var random = new Random(SEED);
    for (int i = 0; i < 5_000; i++) {
      var bytes = new byte[random.nextInt(1_100)];
      random.nextBytes(bytes);
      var text = new String(bytes, ISO_8859_1);
      for (var token :
          List.of(text, "ek_" + text, "ek_" + Tokens.base64(bytes), "ek_a." + text + ".b")) {
        assertEquals(new Invalid(), codec.read(token), "seed " + SEED);
      }
    }
  }

  @Test
  void randomClaimsWithAGoodSignatureAreInvalid() {
    var random = new Random(SEED);
    for (int i = 0; i < 5_000; i++) {
      var bytes = new byte[random.nextInt(600)];
      random.nextBytes(bytes);
      var token = Tokens.signed(HEADER.getBytes(UTF_8), bytes, KEY, "HmacSHA256");
      assertEquals(new Invalid(), codec.read(token), "seed " + SEED);
    }
  }

  @Test
  void aTokenOf1024BytesIsTheLongest() {
    int longest = 0;
    for (int length = 1; length < 1_024; length++) {
      var secret = with(models("m".repeat(length)));
      var token = codec.write(secret);
      if (token.isEmpty()) {
        break;
      }
      assertEquals(new Valid(secret), codec.read(token.get()));
      longest = token.get().length();
    }
    assertTrue(longest > 1_024 - 3 && longest <= 1_024, "longest " + longest);
    for (int length = 1; length < 1_024; length++) {
      var claims = "{\"a\":\"" + "x".repeat(length) + "\"}";
      var token = Tokens.signed(HEADER, claims);
      if (token.length() > 1_024) {
        secrets.lookedUp().clear();
        assertInvalid(token);
        assertEquals(List.of(), secrets.lookedUp());
      }
    }
  }

  private static Narrowing models(String model) {
    return new Narrowing(Optional.of(List.of(model)), OptionalLong.empty(), Optional.empty());
  }

  @Test
  void withoutASigningSecretItIsSaidSo() {
    var token = write(PLAIN);
    secrets.goAway();
    assertThrows(SigningSecretUnavailableException.class, () -> codec.write(PLAIN));
    assertThrows(SigningSecretUnavailableException.class, () -> codec.read(token));
    assertInvalid("ek_x");
  }

  @Test
  void nothingSecretIsShown() {
    var token = write(FULL);
    var shown = "" + codec.read(token) + FULL + KEY + secrets.current();
    assertFalse(shown.contains("user|"), shown);
    assertFalse(shown.contains(token.substring(token.lastIndexOf('.') + 1)), shown);
    assertFalse(shown.contains(Tokens.base64(KEY.key())), shown);
  }
}

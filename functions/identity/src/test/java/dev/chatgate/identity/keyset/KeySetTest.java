package dev.chatgate.identity.keyset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jose4j.base64url.Base64Url;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeySetTest {
  private static final Optional<String> NO_NAME = Optional.empty();
  private static final String GOOD = TestKeys.key("good");

  private static boolean has(KeySet set, String kid) {
    return set.find(Optional.of(kid)).isPresent();
  }

  /** A key in which the good one's beginning is replaced. */
  private static String good(String kid, String more) {
    return TestKeys.key(kid).replaceFirst("\\{", "{" + more + ",");
  }

  @Test
  void everySortOfSigningKeyIsFound() throws JoseException, KeySetException {
    var rsa = RsaJwkGenerator.generateJwk(2048);
    rsa.setKeyId("rsa");
    var ec = EcJwkGenerator.generateJwk(EllipticCurves.P384);
    ec.setKeyId("ec");
    var set =
        KeySet.parse(
            TestKeys.setOf(
                rsa.toJson(OutputControlLevel.PUBLIC_ONLY),
                ec.toJson(OutputControlLevel.PUBLIC_ONLY),
                GOOD));
    assertEquals(rsa.getPublicKey(), set.find(Optional.of("rsa")).orElseThrow().getPublicKey());
    assertEquals(ec.getPublicKey(), set.find(Optional.of("ec")).orElseThrow().getPublicKey());
    assertTrue(has(set, "good"));
    assertFalse(has(set, "GOOD"));
    assertFalse(has(set, ""));
  }

  @Test
  void withoutANameTheOnlyKeyIsFound() throws KeySetException {
    assertTrue(KeySet.parse(TestKeys.set("a")).find(NO_NAME).isPresent());
    assertTrue(KeySet.parse(TestKeys.set("a", "b")).find(NO_NAME).isEmpty());
    assertTrue(KeySet.parse(TestKeys.setOf()).find(NO_NAME).isEmpty());
  }

  @Test
  void theOnlySigningKeyIsTheOnlyKey() throws KeySetException {
    var encryption = good("enc", "\"use\":\"enc\"");
    var set = KeySet.parse(TestKeys.setOf(encryption, GOOD));
    assertEquals("good", set.find(NO_NAME).orElseThrow().getKeyId());
  }

  @Test
  void aKeyWithoutANameIsFoundWithoutANameAlone() throws KeySetException {
    var set = KeySet.parse(TestKeys.setOf(GOOD.replace("\"kid\":\"good\",", "")));
    assertNull(set.find(NO_NAME).orElseThrow().getKeyId());
    assertFalse(has(set, "good"));
  }

  @Test
  void ofTwoKeysWithOneNameTheFirstIsFound() throws KeySetException {
    var first = TestKeys.key("twice");
    var alone = KeySet.parse(TestKeys.setOf(first)).find(NO_NAME).orElseThrow();
    var set = KeySet.parse(TestKeys.setOf(first, TestKeys.key("twice")));
    assertEquals(alone.getKey(), set.find(Optional.of("twice")).orElseThrow().getKey());
    assertTrue(set.find(NO_NAME).isEmpty());
  }

  @Test
  void aNameThatAnEncryptionKeyHasTooFindsTheSigningKey() throws KeySetException {
    var set = KeySet.parse(TestKeys.setOf(good("good", "\"use\":\"enc\""), GOOD));
    assertTrue(has(set, "good"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"kty\":\"oct\",\"kid\":\"bad\",\"k\":\"c2VjcmV0\"}",
        "{\"kty\":\"XYZ\",\"kid\":\"bad\"}",
        "{\"kty\":\"rsa\",\"kid\":\"bad\",\"n\":\"AQAB\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"kid\":\"bad\"}",
        "{\"kty\":\"RSA\",\"kid\":\"bad\",\"n\":\"\",\"e\":\"\"}",
        "{\"kty\":\"RSA\",\"kid\":\"bad\",\"n\":\"AQAB\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"kid\":\"bad\",\"n\":5,\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"kid\":\"bad\",\"n\":{\"n\":[]},\"e\":\"AQAB\"}",
        "{\"kty\":\"EC\",\"kid\":\"bad\",\"crv\":\"P-256\",\"x\":\"AQAB\"}",
        "{\"kty\":\"EC\",\"kid\":\"bad\",\"crv\":\"P-999\",\"x\":\"AQAB\",\"y\":\"AQAB\"}",
        "{\"kty\":\"OKP\",\"kid\":\"bad\",\"x\":\"AQAB\"}",
        "{\"kty\":\"OKP\",\"kid\":\"bad\",\"crv\":\"Ed25519\"}",
        "{\"kty\":\"OKP\",\"kid\":\"bad\",\"crv\":\"X25519\","
            + "\"x\":\"hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo\"}",
        "{\"kty\":7,\"kid\":\"bad\"}",
        "{\"kid\":\"bad\"}",
        "{}",
        "[]",
        "[[{}]]",
        "null",
        "1e400",
        "\"text\""
      })
  void anUnusableKeyIsLeftOutAndTheOthersStay(String key) throws KeySetException {
    var set = KeySet.parse(TestKeys.setOf(key, GOOD, key));
    assertTrue(has(set, "good"));
    assertFalse(has(set, "bad"));
    assertTrue(set.find(NO_NAME).isPresent());
    assertTrue(KeySet.parse(TestKeys.setOf(key)).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"use\":\"enc\"",
        "\"use\":\"SIG\"",
        "\"use\":1",
        "\"use\":[\"sig\"]",
        "\"key_ops\":[]",
        "\"key_ops\":[\"encrypt\",1,{}]",
        "\"key_ops\":\"verify\"",
        "\"key_ops\":{\"verify\":1}",
        "\"alg\":5"
      })
  void aKeyThatIsNotForSignaturesIsLeftOut(String member) throws KeySetException {
    assertTrue(KeySet.parse(TestKeys.setOf(good("bad", member))).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"use\":\"sig\"",
        "\"key_ops\":[\"verify\"]",
        "\"key_ops\":[\"sign\",\"verify\",{\"a\":[]}]",
        "\"alg\":\"EdDSA\"",
        "\"x5c\":[\"no certificate\"]",
        "\"x5c\":{\"a\":1}",
        "\"x5u\":5",
        "\"x5t\":\"AAAA\"",
        "\"d\":\"AAAA\"",
        "\"later\":{\"keys\":[{\"kid\":\"good\"}]}"
      })
  void otherMembersOfASigningKeyDoNotMatter(String member) throws KeySetException {
    var key = KeySet.parse(TestKeys.setOf(good("good", member))).find(NO_NAME).orElseThrow();
    assertEquals("good", key.getKeyId());
    assertNull(key.getPrivateKey());
    assertNull(key.getCertificateChain());
  }

  @Test
  void aKeyThatIsTooLargeToVerifyWithIsLeftOut() throws KeySetException {
    byte[] modulus = new byte[2049];
    modulus[0] = 1;
    modulus[2048] = 1;
    var n = Base64Url.encode(modulus);
    var exponent = Base64Url.encode(new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 0, 1});
    for (var key :
        new String[] {
          "{\"kty\":\"RSA\",\"n\":\"" + n + "\",\"e\":\"AQAB\"}",
          "{\"kty\":\"RSA\",\"n\":\"" + n.substring(0, 1024) + "\",\"e\":\"" + exponent + "\"}"
        }) {
      assertTrue(KeySet.parse(TestKeys.setOf(key)).isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "5",
        "\"keys\"",
        "{",
        "{}",
        "{\"keys\"}",
        "{\"keys\":}",
        "{\"keys\":null}",
        "{\"keys\":{}}",
        "{\"keys\":\"a\"}",
        "{\"keys\":[}",
        "{\"keys\":[{]}",
        "{\"keys\":[]",
        "{\"keys\":[]}x",
        "{\"keys\":[]}{}",
        "{\"Keys\":[]}",
        "{\"a\":{\"keys\":[]}}",
        "<html>SECRET</html>",
        "{'keys':[]}",
        "\uFEFF{\"keys\":[]}",
        "\u0000"
      })
  void whatIsNoKeySetIsRefusedWithoutAQuote(String json) {
    var refused = assertThrows(KeySetException.class, () -> KeySet.parse(json));
    assertFalse(refused.toString().contains("SECRET"));
    assertNull(refused.getCause());
  }

  @Test
  void aDeeplyNestedTextIsRefused() {
    var deep = "{\"keys\":[" + "[".repeat(100_000) + "]".repeat(100_000) + "]}";
    assertThrows(KeySetException.class, () -> KeySet.parse(deep));
  }

  @Test
  void aSetOfMoreThanAHundredKeysIsRefused() throws KeySetException {
    var most = String.join(",", Collections.nCopies(KeySet.MAX_KEYS - 1, "{}"));
    assertTrue(has(KeySet.parse(TestKeys.setOf(most, GOOD)), "good"));
    assertThrows(KeySetException.class, () -> KeySet.parse(TestKeys.setOf(most, GOOD, "{}")));
  }

  @Test
  void aHundredKeysAreFound() throws KeySetException {
    var kids = IntStream.range(0, KeySet.MAX_KEYS).mapToObj(i -> "k" + i).toArray(String[]::new);
    var set = KeySet.parse(TestKeys.set(kids));
    for (var kid : kids) {
      assertEquals(kid, set.find(Optional.of(kid)).orElseThrow().getKeyId());
    }
  }

  @Test
  void otherMembersOfTheSetAreIgnored() throws KeySetException {
    var set = KeySet.parse("{\"a\":[{\"keys\":[5]}],\"keys\":[" + GOOD + "],\"b\":{\"c\":null}}");
    assertTrue(has(set, "good"));
  }
}

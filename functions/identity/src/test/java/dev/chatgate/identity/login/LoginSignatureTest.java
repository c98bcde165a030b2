package dev.chatgate.identity.login;

import static dev.chatgate.identity.login.LoginFixture.URL;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.identity.keyset.KeyLookup;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The signature of a token, and the key that verifies it. */
class LoginSignatureTest {
  static Stream<String> algorithms() {
    return TestKey.ALGORITHMS.stream();
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void aGoodSignatureOfEveryAcceptedAlgorithmIsValid(String algorithm) {
    var fixture = new LoginFixture(algorithm);

    fixture.assertValid(fixture.token());
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void aSignatureOfAnotherKeyIsInvalid(String algorithm) {
    var fixture = new LoginFixture(algorithm);
    var other = new TestIssuer(URL).addKey("two", algorithm);

    fixture.assertInvalid(other.token(fixture.issuer.header(), fixture.claims()));
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void aSignatureOfOtherClaimsIsInvalid(String algorithm) {
    var fixture = new LoginFixture(algorithm);
    var ann = fixture.token().split("\\.", -1);
    var bob = fixture.issuer.token(fixture.claims().text("sub", "bob")).split("\\.", -1);

    fixture.assertInvalid(ann[0] + "." + bob[1] + "." + ann[2]);
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void everyOtherAlgorithmInTheHeaderIsInvalid(String algorithm) {
    var fixture = new LoginFixture(algorithm);
    var signer = fixture.issuer.key().headerAlgorithm();

    for (var other : SignatureAlgorithm.values()) {
      if (!other.wireName().equals(signer)) {
        fixture.assertInvalid(
            fixture.issuer.token(
                fixture.issuer.header().text("alg", other.wireName()), fixture.claims()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void aSignatureOfAnotherLengthIsInvalid(String algorithm) {
    var fixture = new LoginFixture(algorithm);
    var good = signatureOf(fixture.token());

    for (var length : List.of(0, 1, good.length / 2, good.length - 1, good.length + 1, 1_024)) {
      fixture.assertInvalid(withSignature(fixture.token(), Arrays.copyOf(good, length)));
    }
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void aSignatureOfZerosOrOnesIsInvalid(String algorithm) {
    var fixture = new LoginFixture(algorithm);
    var bytes = new byte[signatureOf(fixture.token()).length];

    fixture.assertInvalid(withSignature(fixture.token(), bytes));
    Arrays.fill(bytes, (byte) 0xFF);
    fixture.assertInvalid(withSignature(fixture.token(), bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ES256", "ES384", "ES512"})
  void anEllipticSignatureWithAPartThatIsZeroOrTheOrderIsInvalid(String algorithm) {
    var fixture = new LoginFixture(algorithm);
    var good = signatureOf(fixture.token());
    int half = good.length / 2;
    var order = ((ECPrivateKey) fixture.issuer.key().pair().getPrivate()).getParams().getOrder();

    for (var part : List.of(BigInteger.ZERO, order, order.shiftLeft(1))) {
      if (part.bitLength() <= half * Byte.SIZE) {
        var r = good.clone();
        System.arraycopy(unsigned(part, half), 0, r, 0, half);
        fixture.assertInvalid(withSignature(fixture.token(), r));
        var s = good.clone();
        System.arraycopy(unsigned(part, half), 0, s, half, half);
        fixture.assertInvalid(withSignature(fixture.token(), s));
      }
    }
  }

  /**
   * RFC 7518, section 3.4: each part has its full length, also if it begins with zeros. One of
   * 65,536 signatures has two parts that do; this one was searched for.
   */
  @Test
  void anEllipticSignatureWithoutItsLeadingZerosIsInvalid() throws JoseException {
    var fixture = new LoginFixture("ES256");
    fixture.verifyWith(
        PublicJsonWebKey.Factory.newPublicJwk(
            """
            {"kty":"EC","crv":"P-256","x":"JAfdPcxtTno0iOoKaJy5aQLVpJ6Hz4eY-C5QmqtPdGk",
             "y":"HQW1uxZ2sxLpYADvDFV9dHtw8jLxsr4dThteRGxKJQ8"}
            """));
    var token =
        "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6Inplcm9zIn0."
            + "eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUuY29tLyIsImF1ZCI6ImFwcCIsInN1YiI6ImFubiIs"
            + "ImV4cCI6MTc5NjA0MzYwMH0."
            + "AGfLBjBHe2LeNH3eTZe7sIQjAgAnWcnV9bSzCJmMmZ8A1xdLyTgQyFeiy674bS0aa_I3a9pQNGjJ_Iozt_Gh"
            + "IQ";
    fixture.assertValid(token);

    var good = signatureOf(token);
    var shorter = new byte[62];
    System.arraycopy(good, 1, shorter, 0, 31);
    System.arraycopy(good, 33, shorter, 31, 31);
    fixture.assertInvalid(withSignature(token, shorter));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ES256", "ES384", "ES512"})
  void anEllipticSignatureInDerIsInvalid(String algorithm) throws GeneralSecurityException {
    var fixture = new LoginFixture(algorithm);
    var token = fixture.token();
    var signature = Signature.getInstance("SHA" + algorithm.substring(2) + "withECDSA");
    signature.initSign(fixture.issuer.key().pair().getPrivate());
    signature.update(token.substring(0, token.lastIndexOf('.')).getBytes(US_ASCII));

    fixture.assertInvalid(withSignature(token, signature.sign()));
  }

  @Test
  void aKeyForAnotherUseIsInvalid() {
    assertEquals("Valid", with(key -> key.setUse("sig")));
    assertEquals("Invalid", with(key -> key.setUse("enc")));
    assertEquals("Invalid", with(key -> key.setUse("")));
    assertEquals("Valid", with(key -> key.setKeyOps(List.of("sign", "verify"))));
    assertEquals("Invalid", with(key -> key.setKeyOps(List.of("encrypt"))));
    assertEquals("Invalid", with(key -> key.setKeyOps(List.of())));
  }

  @Test
  void aKeyOfAnotherAlgorithmIsInvalid() {
    assertEquals("Valid", with(key -> key.setAlgorithm("RS256")));
    assertEquals("Invalid", with(key -> key.setAlgorithm("RS384")));
    assertEquals("Invalid", with(key -> key.setAlgorithm("PS256")));
    assertEquals("Invalid", with(key -> key.setAlgorithm("RSA-OAEP")));
    assertEquals("Invalid", with(key -> key.setAlgorithm("rs256")));
    assertEquals("Invalid", with(key -> key.setAlgorithm("")));
  }

  private interface Change {
    void apply(JsonWebKey key);
  }

  private static String with(Change change) {
    var fixture = new LoginFixture("RS256");
    var key = fixture.issuer.key().jwk();
    change.apply(key);
    fixture.keys.put(URL, List.of(key));
    return fixture.verifier.verify(fixture.token()).getClass().getSimpleName();
  }

  @Test
  void aKeyOfAnotherTypeOrCurveIsInvalid() {
    for (var algorithm : TestKey.ALGORITHMS) {
      var fixture = new LoginFixture(algorithm);
      var token = fixture.token();
      for (var other : TestKey.ALGORITHMS) {
        fixture.verifyWith(TestKey.of("other", other).jwk());
        fixture.assertInvalid(token);
      }
      fixture.verifyWith(TestKey.jwk(TestKey.pair("X25519", 0).getPublic(), "one"));
      fixture.assertInvalid(token);
      fixture.verifyWith(TestKey.jwk(TestKey.pair("X448", 0).getPublic(), "one"));
      fixture.assertInvalid(token);
    }
  }

  @Test
  void anRsaKeyBelow2048BitsIsInvalid() {
    for (var algorithm : List.of("RS256", "PS256")) {
      for (var bits : List.of(1_024, 2_047)) {
        var fixture = new LoginFixture(algorithm);
        var weak = new TestKey("one", algorithm, TestKey.pair("RSA", bits));
        fixture.verifyWith(weak.jwk());

        fixture.assertInvalid(
            TestIssuer.signed(
                TestIssuer.base64(fixture.issuer.header().toString().getBytes(US_ASCII)),
                TestIssuer.base64(fixture.claims().toString().getBytes(US_ASCII)),
                weak));
      }
    }
  }

  @Test
  void aTokenWithoutAKeyIdIsVerifiedWithTheOnlyKey() {
    var fixture = new LoginFixture("RS256");
    var token = fixture.issuer.token(fixture.issuer.header().without("kid"), fixture.claims());
    fixture.assertValid(token);

    fixture.issuer.addKey("two", "RS256");
    fixture.publish();
    fixture.assertInvalid(token);
  }

  @Test
  void anUnknownKeyIdIsInvalid() {
    var fixture = new LoginFixture("RS256");
    for (var id : List.of("", "two", "One", "one ", "../one", "' OR 1=1", "a".repeat(256))) {
      fixture.assertInvalid(
          fixture.issuer.token(fixture.issuer.header().text("kid", id), fixture.claims()));
    }
    assertEquals(7, fixture.keys.lookups().size());
  }

  @Test
  void aKeyIdThatIsNoStringOrTooLongIsInvalidWithoutALookup() {
    var fixture = new LoginFixture("RS256");
    fixture.keys.answer(new KeyLookup.Found(fixture.issuer.key().jwk()));
    for (var id : List.of("null", "1", "true", "[\"one\"]", "{}")) {
      fixture.assertInvalid(
          fixture.issuer.token(fixture.issuer.header().with("kid", id), fixture.claims()));
    }
    fixture.assertInvalid(
        fixture.issuer.token(
            fixture.issuer.header().text("kid", "a".repeat(257)), fixture.claims()));
    assertEquals(List.of(), fixture.keys.lookups());

    fixture.assertValid(
        fixture.issuer.token(
            fixture.issuer.header().text("kid", "a".repeat(256)), fixture.claims()));
  }

  @Test
  void withoutTheIssuersKeysTheAnswerSaysWhenToTryAgain() {
    var fixture = new LoginFixture("RS256");
    var unavailable = Duration.ofMillis(700);
    fixture.keys.answer(new KeyLookup.Unavailable(unavailable));

    assertEquals(
        new LoginResult.Unavailable(unavailable), fixture.verifier.verify(fixture.token()));
    fixture.clock.advance(Duration.ofDays(1));
    assertEquals(
        new LoginResult.Unavailable(unavailable), fixture.verifier.verify(fixture.token()));
    fixture.assertInvalid(fixture.claims().text("aud", "else"));
  }

  private static byte[] signatureOf(String token) {
    return Base64.getUrlDecoder().decode(token.substring(token.lastIndexOf('.') + 1));
  }

  private static String withSignature(String token, byte[] signature) {
    return token.substring(0, token.lastIndexOf('.') + 1) + TestIssuer.base64(signature);
  }

  private static byte[] unsigned(BigInteger number, int length) {
    var bytes = number.toByteArray();
    var out = new byte[length];
    int used = Math.min(bytes.length, length);
    System.arraycopy(bytes, bytes.length - used, out, length - used, used);
    return out;
  }
}

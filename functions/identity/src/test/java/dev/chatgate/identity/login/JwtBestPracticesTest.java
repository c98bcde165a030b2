package dev.chatgate.identity.login;

import static dev.chatgate.identity.login.LoginFixture.AUDIENCE;
import static dev.chatgate.identity.login.LoginFixture.URL;
import static dev.chatgate.identity.login.TestIssuer.base64;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.tenant.RequiredClaim;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The attacks of RFC 8725 (JSON Web Token Best Current Practices). */
class JwtBestPracticesTest {
  private final LoginFixture fixture = new LoginFixture("RS256");

  /** Sections 2.1 and 3.1: the algorithm is one that the verifier expects. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "none",
        "None",
        "NONE",
        "nOnE",
        "",
        " RS256",
        "rs256",
        "RS256 ",
        "RS1",
        "RS255",
        "RSA1_5",
        "RSA-OAEP",
        "ES256K",
        "Ed25519",
        "EdDsa",
        "HS256",
        "HS384",
        "HS512",
        "hs256",
        "dir",
        "A128KW",
        "ECDH-ES",
        "SHA256withRSA"
      })
  void section31OtherAlgorithmsAreRefused(String algorithm) {
    var header = fixture.issuer.header().text("alg", algorithm);
    var token = fixture.issuer.token(header, fixture.claims());

    fixture.assertInvalid(token);
    fixture.assertInvalid(token.substring(0, token.lastIndexOf('.') + 1));
    assertEquals(List.of(), fixture.keys.lookups());
  }

  /** Section 3.1. */
  @ParameterizedTest
  @ValueSource(strings = {"null", "1", "true", "[\"RS256\"]", "{\"alg\":\"RS256\"}"})
  void section31AnAlgorithmThatIsNoStringIsRefused(String algorithm) {
    fixture.assertInvalid(
        fixture.issuer.token(fixture.issuer.header().with("alg", algorithm), fixture.claims()));
    fixture.assertInvalid(
        fixture.issuer.token(fixture.issuer.header().without("alg"), fixture.claims()));
  }

  /** Section 2.1: the public key is used as the secret of an HMAC. */
  @Test
  void section21APublicKeyIsNoSecretOfAnHmac() throws GeneralSecurityException {
    var key = fixture.issuer.key().pair().getPublic();
    for (var secret :
        List.of(
            key.getEncoded(),
            pem(key).getBytes(US_ASCII),
            pem(key).strip().getBytes(US_ASCII),
            fixture.issuer.jwks().getFirst().toJson().getBytes(US_ASCII),
            fixture.issuer.jwksJson().getBytes(US_ASCII))) {
      for (var bits : List.of("256", "384", "512")) {
        for (var named : List.of("HS" + bits, "RS" + bits)) {
          var header = fixture.issuer.header().text("alg", named);
          var input = encoded(header) + "." + encoded(fixture.claims());
          var mac = Mac.getInstance("HmacSHA" + bits);
          mac.init(new SecretKeySpec(secret, mac.getAlgorithm()));
          fixture.assertInvalid(input + "." + base64(mac.doFinal(input.getBytes(US_ASCII))));
        }
      }
    }
  }

  private static String pem(PublicKey key) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  /** Sections 2.3 and 3.3: an encrypted token, and a token within a token. */
  @Test
  void section33EncryptedAndNestedTokensAreRefused() {
    var inner = fixture.token();
    var header = fixture.issuer.header().text("cty", "JWT");
    fixture.assertInvalid(fixture.issuer.token(header.toString(), inner));
    fixture.assertInvalid(fixture.issuer.token(header.toString(), '"' + inner + '"'));

    var encrypted = new TestJson().text("alg", "RSA-OAEP").text("enc", "A256GCM");
    fixture.assertInvalid(encoded(encrypted) + ".AAAA.AAAA.AAAA.AAAA");
    fixture.assertInvalid(inner + ".AAAA.AAAA");
    fixture.assertInvalid(encoded(fixture.issuer.header()) + ".AAAA.AAAA.AAAA.AAAA");
  }

  /** Section 3.4: keys that are no point of their curve, or no product of two primes. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "ES256 | `\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"`",
        "ES256 | `\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\"`",
        "ES256 | `\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"\",\"y\":\"\"`",
        "ES384 | `\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"AA\",\"y\":\"AA\"`",
        "Ed25519 | `\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"`",
        "Ed25519 | `\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"Ag\"`",
        "Ed25519 | `\"kty\":\"OKP\",\"crv\":\"Ed448\",\"x\":\"_w\"`",
        "RS256 | `\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"AQAB\"`",
        "PS256 | `\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"Aw\"`"
      })
  void section34ImpossibleKeysVerifyNothing(String algorithm, String key) throws JoseException {
    var signer = new LoginFixture(algorithm);
    var even = base64(BigInteger.TWO.pow(2_048).subtract(BigInteger.TWO).toByteArray());
    signer.verifyWith(PublicJsonWebKey.Factory.newPublicJwk("{" + key.replace("%s", even) + "}"));

    signer.assertInvalid(signer.token());
    var parts = signer.token().split("\\.", -1);
    for (int value : new int[] {0, 1, 255}) {
      for (int length : new int[] {64, 96, 114, 256}) {
        var signature = new byte[length];
        Arrays.fill(signature, (byte) value);
        signer.assertInvalid(parts[0] + "." + parts[1] + "." + base64(signature));
      }
    }
  }

  /** Sections 2.2 and 3.5: no secret that can be guessed. */
  @Test
  void section35SecretsAreNoKeys() throws GeneralSecurityException {
    for (var secret : List.of("secret", "", "one", URL, AUDIENCE)) {
      var input =
          encoded(fixture.issuer.header().text("alg", "HS256")) + "." + encoded(fixture.claims());
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec((secret + "\0").getBytes(US_ASCII), "HmacSHA256"));
      fixture.assertInvalid(input + "." + base64(mac.doFinal(input.getBytes(US_ASCII))));
    }
  }

  /** Section 3.6: nothing is decompressed. */
  @Test
  void section36CompressedClaimsAreRefused() throws IOException {
    var compressed = new ByteArrayOutputStream();
    try (var out = new DeflaterOutputStream(compressed, new Deflater(9, true))) {
      out.write(fixture.claims().toString().getBytes(US_ASCII));
    }
    var header = fixture.issuer.header().text("zip", "DEF");

    fixture.assertInvalid(
        TestIssuer.signed(encoded(header), base64(compressed.toByteArray()), fixture.issuer.key()));
  }

  /** Sections 2.6 and 3.7: header and claims are UTF-8 and nothing else. */
  @Test
  void section37OtherEncodingsThanUtf8AreRefused() {
    for (var charset : List.of(UTF_16BE, UTF_16LE, Charset.forName("UTF-32BE"))) {
      fixture.assertInvalid(
          inCharset(fixture.issuer.header(), US_ASCII, fixture.claims(), charset));
      fixture.assertInvalid(
          inCharset(fixture.issuer.header(), charset, fixture.claims(), US_ASCII));
    }
    var named = fixture.claims().text("name", "Zoë");
    fixture.assertValid(inCharset(fixture.issuer.header(), US_ASCII, named, UTF_8));
    fixture.assertInvalid(inCharset(fixture.issuer.header(), US_ASCII, named, ISO_8859_1));
    fixture.assertInvalid(
        fixture.issuer.token(fixture.issuer.header().toString(), "\ufeff" + fixture.claims()));
  }

  private String inCharset(TestJson header, Charset first, TestJson claims, Charset second) {
    return TestIssuer.signed(
        base64(header.toString().getBytes(first)),
        base64(claims.toString().getBytes(second)),
        fixture.issuer.key());
  }

  /** Sections 2.7 and 3.8: a key of one issuer signs for no other. */
  @Test
  void section38AKeyOfAnotherIssuerIsRefused() {
    var other = new TestIssuer("https://other.example.com/").addKey("other", "RS256");
    fixture.keys.put(other.url(), other.jwks());
    fixture.tenants.add("other", TestLogins.of(other.url(), "other-app").issuer());

    fixture.assertInvalid(other.token(fixture.claims()));
    fixture.assertInvalid(other.token(fixture.issuer.header(), fixture.claims()));
  }

  /** Sections 2.7 and 3.9: a token for another application of the same issuer. */
  @Test
  void section39ATokenForAnotherAudienceIsRefused() {
    fixture.assertInvalid(fixture.claims().text("aud", "other-app"));
    fixture.assertInvalid(fixture.claims().texts("aud", "other-app", "https://userinfo"));
    fixture.assertInvalid(fixture.claims().without("aud"));
  }

  /** Sections 2.9, 2.10 and 3.10: a token does not bring its key, or say where it is. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"http://169.254.169.254/latest/meta-data/\"",
        "\"https://evil.example.com/jwks\"",
        "\"\"",
        "null",
        "{}",
        "[]",
        "true"
      })
  void section310KeysInTheHeaderAreRefused(String value) {
    for (var member : List.of("jwk", "jku", "x5u", "x5c")) {
      fixture.assertInvalid(
          fixture.issuer.token(fixture.issuer.header().with(member, value), fixture.claims()));
    }
    assertEquals(List.of(), fixture.keys.lookups());
  }

  /** Section 3.10: a token that brings the key that it is signed with. */
  @Test
  void section310AKeyInTheHeaderThatFitsIsRefused() {
    var thief = new TestIssuer(URL).addKey("thief", "RS256");
    var jwk = thief.jwks().getFirst().toJson();

    fixture.assertInvalid(thief.token(thief.header().with("jwk", jwk), fixture.claims()));
    fixture.assertInvalid(
        thief.token(thief.header().text("kid", "one").with("jwk", jwk), fixture.claims()));
    fixture.assertInvalid(
        fixture.issuer.token(
            fixture.issuer.header().with("jwk", fixture.issuer.jwks().getFirst().toJson()),
            fixture.claims()));
  }

  /** A thumbprint names a key and brings none. */
  @Test
  void thumbprintsAndUnknownMembersOfTheHeaderAreIgnored() {
    fixture.assertValid(
        fixture.issuer.token(
            fixture
                .issuer
                .header()
                .text("x5t", "AAAA")
                .text("x5t#S256", "AAAA")
                .number("cty", 1)
                .with("else", "{\"alg\":\"none\"}"),
            fixture.claims()));
  }

  /** RFC 7515, section 4.1.11, and RFC 7797. */
  @Test
  void criticalMembersAndUnencodedPayloadsAreRefused() {
    for (var critical :
        List.of("[\"b64\"]", "[\"exp\"]", "[\"alg\"]", "[]", "null", "\"b64\"", "{}")) {
      fixture.assertInvalid(
          fixture.issuer.token(fixture.issuer.header().with("crit", critical), fixture.claims()));
    }
    for (var encoded : List.of("true", "false")) {
      fixture.assertInvalid(
          fixture.issuer.token(fixture.issuer.header().with("b64", encoded), fixture.claims()));
    }
    var unencoded = fixture.issuer.header().with("b64", "false").with("crit", "[\"b64\"]");
    fixture.assertInvalid(
        TestIssuer.signed(encoded(unencoded), fixture.claims().toString(), fixture.issuer.key()));
  }

  /** Sections 2.8 and 3.11: a token of another kind, here one of our own. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "chatgate-client-secret+jwt",
        "Chatgate-Client-Secret+JWT",
        "application/chatgate-client-secret+jwt",
        "APPLICATION/chatgate-client-secret+jwt",
        "logout+jwt",
        "application/LOGOUT+jwt",
        "secevent+jwt",
        "dpop+jwt"
      })
  void section311ATokenForAnotherPurposeIsNoLogin(String type) {
    fixture.assertInvalid(
        fixture.issuer.token(fixture.issuer.header().text("typ", type), fixture.claims()));
  }

  /** Section 3.11. */
  @Test
  void section311ATypeMustBeAString() {
    for (var type : List.of("null", "1", "true", "[\"JWT\"]", "{}")) {
      fixture.assertInvalid(
          fixture.issuer.token(fixture.issuer.header().with("typ", type), fixture.claims()));
    }
    for (var type : List.of("JWT", "jwt", "at+jwt", "application/at+jwt", "")) {
      fixture.assertValid(
          fixture.issuer.token(fixture.issuer.header().text("typ", type), fixture.claims()));
    }
  }

  /** Section 3.12: one issuer's access and ID tokens are told apart by a required claim. */
  @Test
  void section312ATokenOfAnotherKindOfTheSameIssuerIsRefused() {
    fixture.accept(
        TestLogins.of(URL, AUDIENCE).requires("token_use", new RequiredClaim.Text("access")));

    fixture.assertValid(fixture.issuer.token(fixture.claims().text("token_use", "access")));
    fixture.assertInvalid(fixture.claims().text("token_use", "id"));
    fixture.assertInvalid(fixture.claims());
  }

  private static String encoded(TestJson json) {
    return base64(json.toString().getBytes(UTF_8));
  }
}

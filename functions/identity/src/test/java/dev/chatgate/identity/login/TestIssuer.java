package dev.chatgate.identity.login;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.jose4j.jwk.PublicJsonWebKey;

/** An issuer of logins: it has keys, publishes them and signs tokens. */
public final class TestIssuer {
  private final String url;
  private final List<TestKey> keys = new ArrayList<>();

  /**
   * @param url the claim {@code iss} of its tokens
   */
  public TestIssuer(String url) {
    this.url = url;
  }

  /** The claim {@code iss} of its tokens. */
  public String url() {
    return url;
  }

  /** Adds a key, which signs from now on. */
  public TestIssuer addKey(String id, String algorithm) {
    keys.add(TestKey.of(id, algorithm));
    return this;
  }

  /** Removes a key from the set. */
  public void removeKey(String id) {
    keys.removeIf(key -> key.id().equals(id));
  }

  /** The key that signs. */
  public TestKey key() {
    return keys.getLast();
  }

  /** The public keys. */
  public List<PublicJsonWebKey> jwks() {
    return keys.stream().map(TestKey::jwk).toList();
  }

  /** The key set that it publishes (RFC 7517, section 5). */
  public String jwksJson() {
    return jwks().stream()
        .map(PublicJsonWebKey::toJson)
        .collect(Collectors.joining(",", "{\"keys\":[", "]}"));
  }

  /** The header of its tokens: the newest key's algorithm and name. */
  public TestJson header() {
    return new TestJson()
        .text("alg", key().headerAlgorithm())
        .text("typ", "JWT")
        .text("kid", key().id());
  }

  /** A token with its usual header. */
  public String token(TestJson claims) {
    return token(header(), claims);
  }

  /** A token with a good signature of the newest key, whatever its header and claims say. */
  public String token(TestJson header, TestJson claims) {
    return token(header.toString(), claims.toString());
  }

  /** A token of texts that need not be JSON, with a good signature of the newest key. */
  public String token(String header, String claims) {
    return signed(base64(header.getBytes(UTF_8)), base64(claims.getBytes(UTF_8)), key());
  }

  /** A token of parts that need not be base64url, with a good signature of a key. */
  public static String signed(String header, String claims, TestKey key) {
    var input = header + "." + claims;
    return input + "." + base64(key.sign(input.getBytes(US_ASCII)));
  }

  /** Encodes as RFC 7515, section 2, says. */
  public static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}

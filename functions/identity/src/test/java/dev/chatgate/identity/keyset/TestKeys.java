package dev.chatgate.identity.keyset;

import dev.chatgate.tenant.Issuer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.lang.JoseException;

/** Key sets and issuers for tests. */
final class TestKeys {
  private TestKeys() {}

  /** A public signing key (RFC 8037), JSON. */
  static String key(String kid) {
    try {
      var key = OkpJwkGenerator.generateJwk("Ed25519");
      key.setKeyId(kid);
      return key.toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A set of new keys with these names. */
  static String set(String... kids) {
    return setOf(Stream.of(kids).map(TestKeys::key).toArray(String[]::new));
  }

  /** A set of these keys, each of them JSON. */
  static String setOf(String... keys) {
    return Stream.of(keys).collect(Collectors.joining(",", "{\"keys\":[", "]}"));
  }

  /** An issuer with a set that is found by discovery. */
  static Issuer issuer(String issuer) {
    return issuer(issuer, Optional.empty(), Optional.empty());
  }

  /** An issuer with a set at an address. */
  static Issuer at(URI jwksUri) {
    return issuer("https://issuer.example", Optional.of(jwksUri), Optional.empty());
  }

  /** An issuer with a configured set. */
  static Issuer with(String jwks) {
    return issuer("https://issuer.example", Optional.empty(), Optional.of(jwks));
  }

  private static Issuer issuer(String issuer, Optional<URI> jwksUri, Optional<String> jwks) {
    return new Issuer(
        issuer,
        List.of("app"),
        Issuer.AUDIENCE_CLAIM,
        Issuer.USER_CLAIM,
        Optional.empty(),
        Map.of(),
        jwksUri,
        jwks);
  }
}

package dev.chatgate.identity.clientsecret;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.chatgate.secret.SigningKey;
import dev.chatgate.secret.SigningSecrets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwx.HeaderParameterNames;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;

/**
 * Writes and reads client secrets. A client secret is {@value #PREFIX} and a JWS in compact form
 * (RFC 7515, section 3.1), signed with HMAC-SHA-256 (RFC 7518, section 3.2). It has a {@code typ}
 * of its own (RFC 8725, section 3.11), so no other token can be taken for one. What it says is not
 * encrypted. Thread-safe.
 */
public final class ClientSecretCodec {
  /** Stands before the JWS. */
  public static final String PREFIX = "ek_";

  /** Maximum length of a client secret, in bytes and, since it is ASCII, in characters. */
  public static final int MAX_LENGTH = 1_024;

  /** The header's {@code typ}. */
  public static final String TYPE = "chatgate-client-secret+jwt";

  /**
   * A client secret of any content. The last of the 43 digits that stand for 32 bytes carries four
   * bits, so only each fourth digit is right there: with another one, the same signature could be
   * written in several ways.
   */
  private static final Pattern TOKEN =
      Pattern.compile(
          PREFIX + "(([A-Za-z0-9_-]+)\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])");

  /** The only form of header that {@link #write} makes. */
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{\"alg\":\"HS256\",\"kid\":\"([A-Za-z0-9_-]{1,64})\",\"typ\":\""
              + Pattern.quote(TYPE)
              + "\"}");

  private static final AlgorithmConstraints HS256_ONLY =
      new AlgorithmConstraints(ConstraintType.PERMIT, AlgorithmIdentifiers.HMAC_SHA256);

  private final SigningSecrets secrets;
  private final InstantSource clock;

  /**
   * @param secrets the keys that sign and verify
   * @param clock the present
   */
  public ClientSecretCodec(SigningSecrets secrets, InstantSource clock) {
    this.secrets = secrets;
    this.clock = clock;
  }

  /**
   * Writes a client secret.
   *
   * @return empty if it would be longer than {@link #MAX_LENGTH}
   * @throws dev.chatgate.secret.SigningSecretUnavailableException if there is no key to sign with
   */
  public Optional<String> write(ClientSecret secret) {
    var signing = secrets.current();
    var claims = ClientSecretClaims.write(secret, signing.deployment());
    var token = PREFIX + sign(claims, signing.signingKey(clock.instant()));
    return token.length() > MAX_LENGTH ? Optional.empty() : Optional.of(token);
  }

  private static String sign(byte[] claims, SigningKey key) {
    var jws = new JsonWebSignature();
    jws.setPayloadBytes(claims);
    // In the order of HEADER.
    jws.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
    jws.setKeyIdHeaderValue(key.kid());
    jws.setHeader(HeaderParameterNames.TYPE, TYPE);
    jws.setKey(new HmacKey(key.key()));
    try {
      return jws.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException("signing with a key of 32 bytes or more does not fail", e);
    }
  }

  /**
   * Reads a client secret. Nothing is looked up for a token of another form.
   *
   * @param token the bearer token as it was sent
   * @return {@link ClientSecretResult.Expired} only if all but the time is right
   * @throws dev.chatgate.secret.SigningSecretUnavailableException if there is no key to verify with
   */
  public ClientSecretResult read(String token) {
    return verifiedClaims(token)
        .flatMap(claims -> ClientSecretClaims.read(claims, secrets.current().deployment()))
        .map(this::result)
        .orElseGet(ClientSecretResult.Invalid::new);
  }

  /** Without leeway: this clock and the one that wrote the time are both AWS's. */
  private ClientSecretResult result(ClientSecret secret) {
    return clock.instant().isBefore(secret.expiresAt())
        ? new ClientSecretResult.Valid(secret)
        : new ClientSecretResult.Expired();
  }

  private Optional<byte[]> verifiedClaims(String token) {
    if (token.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    var form = TOKEN.matcher(token);
    if (!form.matches()) {
      return Optional.empty();
    }
    return kid(form.group(2))
        .flatMap(secrets::key)
        .flatMap(key -> verifiedClaims(form.group(1), key));
  }

  /** The key's name in a header; empty if the header is another than {@link #write} makes. */
  private static Optional<String> kid(String encodedHeader) {
    try {
      var header = HEADER.matcher(new String(Base64.getUrlDecoder().decode(encodedHeader), UTF_8));
      return header.matches() ? Optional.of(header.group(1)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<byte[]> verifiedClaims(String compact, SigningKey key) {
    var jws = new JsonWebSignature();
    jws.setAlgorithmConstraints(HS256_ONLY);
    jws.setKey(new HmacKey(key.key()));
    try {
      jws.setCompactSerialization(compact);
      return jws.verifySignature() ? Optional.of(jws.getPayloadBytes()) : Optional.empty();
    } catch (JoseException e) {
      return Optional.empty();
    }
  }
}

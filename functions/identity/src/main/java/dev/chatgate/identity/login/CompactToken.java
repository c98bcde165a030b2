package dev.chatgate.identity.login;

import dev.chatgate.identity.login.JsonValue.Members;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;

/** A signed token in the compact serialization (RFC 7515, section 7.1). */
final class CompactToken {
  /** Maximum number of bytes of a token. */
  static final int MAX_LENGTH = 8_192;

  private static final int PARTS = 3;

  private final String token;
  private final JoseHeader header;
  private final Claims claims;

  private CompactToken(String token, JoseHeader header, Claims claims) {
    this.token = token;
    this.header = header;
    this.claims = claims;
  }

  /**
   * Reads a token, without a look at whether its signature is good.
   *
   * @return empty if it is too long, damaged, or has a header that is not accepted
   */
  static Optional<CompactToken> read(String token) {
    if (token.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    var parts = token.split("\\.", PARTS + 1);
    return parts.length == PARTS ? read(token, parts) : Optional.empty();
  }

  private static Optional<CompactToken> read(String token, String[] parts) {
    var header = object(parts[0]).flatMap(JoseHeader::of);
    var claims = object(parts[1]).map(Claims::new);
    var signature = bytes(parts[2]);
    if (header.isEmpty() || claims.isEmpty() || signature.isEmpty()) {
      return Optional.empty();
    }
    return header.get().algorithm().acceptsSignatureOf(signature.get().length)
        ? Optional.of(new CompactToken(token, header.get(), claims.get()))
        : Optional.empty();
  }

  private static Optional<Members> object(String part) {
    return bytes(part).flatMap(CompactToken::utf8).flatMap(Members::read);
  }

  /**
   * Decodes base64url without padding (RFC 7515, section 2). Only the one spelling that an encoder
   * makes is accepted: Java's decoder ignores the unused bits of the last character.
   */
  private static Optional<byte[]> bytes(String part) {
    try {
      var bytes = Base64.getUrlDecoder().decode(part);
      var spelling = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      return spelling.equals(part) ? Optional.of(bytes) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Decodes UTF-8 (RFC 8725, section 3.7); empty if it is malformed. */
  private static Optional<String> utf8(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** The value of the header's {@code kid}. */
  Optional<String> keyId() {
    return header.keyId();
  }

  /** The claims; they may be anybody's until {@link #isSignedWith} says otherwise. */
  Claims claims() {
    return claims;
  }

  /**
   * Whether the token was signed with a key, by the algorithm of its header. False if that key is
   * not one for that algorithm.
   */
  boolean isSignedWith(PublicJsonWebKey key) {
    return header.algorithm().accepts(key) && isSignedWith(key, header.algorithm());
  }

  private boolean isSignedWith(PublicJsonWebKey key, SignatureAlgorithm algorithm) {
    var jws = new JsonWebSignature();
    jws.setAlgorithmConstraints(
        new AlgorithmConstraints(ConstraintType.PERMIT, algorithm.wireName()));
    jws.setKey(key.getPublicKey());
    try {
      jws.setCompactSerialization(token);
      return jws.verifySignature();
    } catch (JoseException e) {
      return false;
    }
  }
}

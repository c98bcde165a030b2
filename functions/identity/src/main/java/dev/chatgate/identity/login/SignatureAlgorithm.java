package dev.chatgate.identity.login;

import java.util.Arrays;
import java.util.Optional;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.Use;

/** The signature algorithms that are accepted (RFC 7518, section 3; RFC 8037): all asymmetric. */
enum SignatureAlgorithm {
  RS256("RS256"),
  RS384("RS384"),
  RS512("RS512"),
  PS256("PS256"),
  PS384("PS384"),
  PS512("PS512"),
  ES256("ES256"),
  ES384("ES384"),
  ES512("ES512"),
  EDDSA("EdDSA");

  /** The smallest RSA key (RFC 7518, sections 3.3 and 3.5). */
  private static final int MIN_RSA_BITS = 2_048;

  private final String wireName;

  SignatureAlgorithm(String wireName) {
    this.wireName = wireName;
  }

  /** The value of the header's {@code alg}. */
  String wireName() {
    return wireName;
  }

  /** Finds an algorithm by its {@link #wireName}; empty if it is not accepted. */
  static Optional<SignatureAlgorithm> of(String wireName) {
    return Arrays.stream(values())
        .filter(algorithm -> algorithm.wireName.equals(wireName))
        .findFirst();
  }

  /**
   * Whether a key is one for this algorithm: of its type, curve and size, and not reserved for
   * anything else by its {@code use}, {@code key_ops} or {@code alg} (RFC 7517, section 4).
   */
  boolean accepts(PublicJsonWebKey key) {
    return isOfItsType(key)
        && (key.getUse() == null || key.getUse().equals(Use.SIGNATURE))
        && (key.getKeyOps() == null || key.getKeyOps().contains("verify"))
        && (key.getAlgorithm() == null || key.getAlgorithm().equals(wireName));
  }

  private boolean isOfItsType(PublicJsonWebKey key) {
    return switch (this) {
      case RS256, RS384, RS512, PS256, PS384, PS512 ->
          key instanceof RsaJsonWebKey rsa
              && rsa.getRsaPublicKey().getModulus().bitLength() >= MIN_RSA_BITS;
      case ES256 -> isOnCurve(key, "P-256");
      case ES384 -> isOnCurve(key, "P-384");
      case ES512 -> isOnCurve(key, "P-521");
      case EDDSA ->
          key instanceof OctetKeyPairJsonWebKey pair
              && (pair.getSubtype().equals(OctetKeyPairJsonWebKey.SUBTYPE_ED25519)
                  || pair.getSubtype().equals(OctetKeyPairJsonWebKey.SUBTYPE_ED448));
    };
  }

  private static boolean isOnCurve(PublicJsonWebKey key, String curve) {
    return key instanceof EllipticCurveJsonWebKey ec && ec.getCurveName().equals(curve);
  }

  /**
   * Whether a signature can have this many bytes. RFC 7518, section 3.4, sets one length for each
   * curve, and jose4j accepts shorter ones. The other lengths depend on the key and are checked
   * with it.
   */
  boolean acceptsSignatureOf(int bytes) {
    return switch (this) {
      case ES256 -> bytes == 64;
      case ES384 -> bytes == 96;
      case ES512 -> bytes == 132;
      case RS256, RS384, RS512, PS256, PS384, PS512, EDDSA -> true;
    };
  }
}

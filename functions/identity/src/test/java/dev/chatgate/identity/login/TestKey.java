package dev.chatgate.identity.login;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;

/**
 * A signing key of a {@link TestIssuer}. Signatures are made with the JDK's classes, not with the
 * library that verifies them.
 *
 * @param id the key's {@code kid}
 * @param algorithm the {@code alg} that it signs with; {@code Ed25519} and {@code Ed448} sign with
 *     {@code EdDSA}
 * @param pair the key
 */
public record TestKey(String id, String algorithm, KeyPair pair) {
  /** What a {@link #algorithm} can be. */
  public static final List<String> ALGORITHMS =
      List.of(
          "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
          "Ed25519", "Ed448");

  private static final int RSA_BITS = 2_048;

  /** Key pairs take long to make, so that all tests share one of each name and type. */
  private static final Map<String, KeyPair> MADE = new ConcurrentHashMap<>();

  /** The key of a name and an algorithm; the same one each time within a JVM. */
  public static TestKey of(String id, String algorithm) {
    var type = isRsa(algorithm) ? "RSA" : algorithm;
    var pair = MADE.computeIfAbsent(type + " " + id, _ -> newPair(algorithm));
    return new TestKey(id, algorithm, pair);
  }

  private static KeyPair newPair(String algorithm) {
    return switch (algorithm) {
      case "ES256" -> elliptic("secp256r1");
      case "ES384" -> elliptic("secp384r1");
      case "ES512" -> elliptic("secp521r1");
      case "Ed25519", "Ed448" -> pair(algorithm, 0);
      default -> pair("RSA", RSA_BITS);
    };
  }

  private static boolean isRsa(String algorithm) {
    return algorithm.startsWith("RS") || algorithm.startsWith("PS");
  }

  /**
   * A new key pair.
   *
   * @param type the JDK's name of the type of key
   * @param bits its size; 0 means the type's own
   */
  public static KeyPair pair(String type, int bits) {
    try {
      var generator = KeyPairGenerator.getInstance(type);
      if (bits > 0) {
        generator.initialize(bits);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair elliptic(String curve) {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The value of {@code alg} in a token's header. */
  public String headerAlgorithm() {
    return algorithm.startsWith("Ed") ? "EdDSA" : algorithm;
  }

  /** The public key with its {@code kid}, and no {@code alg} or {@code use}. */
  public PublicJsonWebKey jwk() {
    return jwk(pair.getPublic(), id);
  }

  /** A public key as a JSON Web Key. */
  public static PublicJsonWebKey jwk(PublicKey key, String id) {
    try {
      var jwk = PublicJsonWebKey.Factory.newPublicJwk(key);
      jwk.setKeyId(id);
      return jwk;
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A signature in the form of RFC 7518, section 3. */
  public byte[] sign(byte[] input) {
    try {
      var signature = signature();
      signature.initSign(pair.getPrivate());
      signature.update(input);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Signature signature() throws GeneralSecurityException {
    var bits = algorithm.substring(2);
    return switch (algorithm.substring(0, 2)) {
      case "RS" -> Signature.getInstance("SHA" + bits + "withRSA");
      case "ES" -> Signature.getInstance("SHA" + bits + "withECDSAinP1363Format");
      case "PS" -> probabilistic(bits);
      default -> Signature.getInstance(algorithm);
    };
  }

  private static Signature probabilistic(String bits) throws GeneralSecurityException {
    var signature = Signature.getInstance("RSASSA-PSS");
    var hash = "SHA-" + bits;
    signature.setParameter(
        new PSSParameterSpec(
            hash,
            "MGF1",
            new MGF1ParameterSpec(hash),
            Integer.parseInt(bits) / Byte.SIZE,
            PSSParameterSpec.TRAILER_FIELD_BC));
    return signature;
  }
}

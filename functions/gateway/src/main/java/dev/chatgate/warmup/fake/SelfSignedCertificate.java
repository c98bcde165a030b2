package dev.chatgate.warmup.fake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * A key and a self-signed certificate for {@code localhost} (RFC 5280), generated for one warm-up
 * and not trusted elsewhere. It is not stored in the package, where it would look like a leaked
 * secret.
 */
final class SelfSignedCertificate {
  private static final byte[] ECDSA_WITH_SHA256 =
      Der.sequence(Der.identifier(0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02));
  private static final byte[] COMMON_NAME = Der.identifier(0x55, 0x04, 0x03);
  private static final byte[] SUBJECT_ALTERNATIVE_NAME = Der.identifier(0x55, 0x1D, 0x11);
  private static final int DNS_NAME = 0x82;
  private static final int VERSION_3 = 2;
  private static final String HOST = "localhost";
  private static final char[] NO_PASSWORD = {};

  private final KeyPair keys;
  private final Certificate certificate;

  /**
   * @param now the certificate is valid from a day before to a day after this time
   */
  SelfSignedCertificate(Instant now) throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), new SecureRandom());
    keys = generator.generateKeyPair();
    certificate =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(signed(unsigned(now))));
  }

  private byte[] unsigned(Instant now) {
    var name = Der.sequence(Der.set(Der.sequence(COMMON_NAME, Der.text(HOST))));
    var day = Duration.ofDays(1);
    return Der.sequence(
        Der.tagged(0, Der.integer(VERSION_3)),
        Der.integer(1),
        ECDSA_WITH_SHA256,
        name,
        Der.sequence(Der.time(now.minus(day)), Der.time(now.plus(day))),
        name,
        keys.getPublic().getEncoded(),
        Der.tagged(3, Der.sequence(alternativeName())));
  }

  private static byte[] alternativeName() {
    var host = Der.element(DNS_NAME, HOST.getBytes(StandardCharsets.US_ASCII));
    return Der.sequence(SUBJECT_ALTERNATIVE_NAME, Der.octets(Der.sequence(host)));
  }

  private byte[] signed(byte[] unsigned) throws GeneralSecurityException {
    var signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(keys.getPrivate());
    signature.update(unsigned);
    return Der.sequence(unsigned, ECDSA_WITH_SHA256, Der.bits(signature.sign()));
  }

  /** The SSL context for the server, with the certificate. */
  SSLContext own() throws GeneralSecurityException, IOException {
    var store = emptyStore();
    store.setKeyEntry(HOST, keys.getPrivate(), NO_PASSWORD, new Certificate[] {certificate});
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, NO_PASSWORD);
    var context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  /** A trust manager for clients that trusts only this certificate. */
  TrustManager trust() throws GeneralSecurityException, IOException {
    var store = emptyStore();
    store.setCertificateEntry(HOST, certificate);
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    return managers.getTrustManagers()[0];
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}

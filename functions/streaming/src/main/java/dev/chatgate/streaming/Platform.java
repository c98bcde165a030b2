package dev.chatgate.streaming;

import java.io.File;
import java.security.Security;

/** JVM settings that AWS's main class makes and that handlers may rely on. */
final class Platform {

  private static final String TRUST_STORE = "javax.net.ssl.trustStore";
  private static final String SYSTEM_TRUST_STORE = "/etc/pki/java/cacerts";
  private static final String FAILED_LOOKUP_SECONDS = "networkaddress.cache.negative.ttl";
  private static final String JDK_DEFAULT = "10";

  private Platform() {}

  /** Uses the operating system's trust store instead of the JDK's. */
  static void useSystemTrustStore() {
    if (System.getProperty(TRUST_STORE) == null && new File(SYSTEM_TRUST_STORE).isFile()) {
      System.setProperty(TRUST_STORE, SYSTEM_TRUST_STORE);
    }
  }

  /**
   * Caches a failed DNS lookup for 1 s instead of the JDK's default of 10 s, unless the property
   * was changed. Loading the JDK's security settings takes 10 ms, so this is done only before a
   * snapshot, not in a plain start.
   */
  static void cacheFailedLookupsForOneSecond() {
    if (JDK_DEFAULT.equals(Security.getProperty(FAILED_LOOKUP_SECONDS))) {
      Security.setProperty(FAILED_LOOKUP_SECONDS, "1");
    }
  }
}

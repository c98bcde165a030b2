package dev.chatgate.streaming;

import java.io.File;
import java.security.Security;

/** Settings of the JVM that AWS's main class makes, and that handlers may count on. */
final class Platform {

  private static final String TRUST_STORE = "javax.net.ssl.trustStore";
  private static final String SYSTEM_TRUST_STORE = "/etc/pki/java/cacerts";
  private static final String FAILED_LOOKUP_SECONDS = "networkaddress.cache.negative.ttl";
  private static final String JDK_DEFAULT = "10";

  private Platform() {}

  /** Trusts the certificates that come with the system instead of those in the JDK. */
  static void useSystemTrustStore() {
    if (System.getProperty(TRUST_STORE) == null && new File(SYSTEM_TRUST_STORE).isFile()) {
      System.setProperty(TRUST_STORE, SYSTEM_TRUST_STORE);
    }
  }

  /**
   * Remembers a failed DNS lookup for 1 s instead of 10, unless somebody else has decided. It costs
   * 10 ms to load the JDK's security settings: free before a snapshot, too much in a plain start.
   */
  static void forgetFailedLookupsSoon() {
    if (JDK_DEFAULT.equals(Security.getProperty(FAILED_LOOKUP_SECONDS))) {
      Security.setProperty(FAILED_LOOKUP_SECONDS, "1");
    }
  }
}

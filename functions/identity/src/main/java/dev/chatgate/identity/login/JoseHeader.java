package dev.chatgate.identity.login;

import dev.chatgate.identity.clientsecret.ClientSecretCodec;
import dev.chatgate.identity.login.JsonValue.Members;
import dev.chatgate.identity.login.JsonValue.Text;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The header of a login's token (RFC 7515, section 4.1).
 *
 * @param algorithm the member {@code alg}
 * @param keyId the member {@code kid}
 */
record JoseHeader(SignatureAlgorithm algorithm, Optional<String> keyId) {
  /**
   * Types that are never a login's token (RFC 8725, section 3.11): our client secret, and what an
   * issuer signs with the same keys for another purpose (OpenID Connect Back-Channel Logout 1.0,
   * RFC 8417, RFC 9449). In lower case.
   */
  private static final Set<String> OTHER_TYPES =
      Set.of(ClientSecretCodec.TYPE, "logout+jwt", "secevent+jwt", "dpop+jwt");

  private static final String MEDIA_TYPE_PREFIX = "application/";
  private static final int MAX_KEY_ID_LENGTH = 256;

  /**
   * Members with which a token would choose its own key (RFC 8725, section 3.10) or another way to
   * be read (RFC 7515, section 4.1.11; RFC 7797, which no JSON Web Token may use).
   */
  private static final Set<String> REFUSED = Set.of("crit", "b64", "jwk", "jku", "x5u", "x5c");

  /** Reads a header; empty if a login's token must not have it. */
  static Optional<JoseHeader> of(Members header) {
    var keyId = text(header, "kid");
    boolean isAccepted =
        Collections.disjoint(header.byName().keySet(), REFUSED)
            && isAbsentOrText(header, "typ")
            && isAbsentOrText(header, "kid")
            && text(header, "typ").map(JoseHeader::isAcceptedType).orElse(true)
            && keyId.map(id -> id.length() <= MAX_KEY_ID_LENGTH).orElse(true);
    return isAccepted
        ? text(header, "alg")
            .flatMap(SignatureAlgorithm::of)
            .map(algorithm -> new JoseHeader(algorithm, keyId))
        : Optional.empty();
  }

  /** Media types are compared in any letter case (RFC 7515, section 4.1.9). */
  private static boolean isAcceptedType(String type) {
    var name = type.toLowerCase(Locale.ROOT);
    return !OTHER_TYPES.contains(
        name.startsWith(MEDIA_TYPE_PREFIX) ? name.substring(MEDIA_TYPE_PREFIX.length()) : name);
  }

  private static boolean isAbsentOrText(Members header, String name) {
    return header.find(name).map(Text.class::isInstance).orElse(true);
  }

  private static Optional<String> text(Members header, String name) {
    return header.find(name).filter(Text.class::isInstance).map(Text.class::cast).map(Text::value);
  }
}

package dev.chatgate.identity.login;

import dev.chatgate.identity.login.JsonValue.Numeric;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When a token is in force (RFC 7519, sections 4.1.4 and 4.1.5), in seconds since 1970, which may
 * have a fraction. The issuer's clock may differ from ours by {@link #LEEWAY}.
 *
 * @param expiresAt the claim {@code exp}
 * @param notBefore the claim {@code nbf}
 */
record Validity(BigDecimal expiresAt, Optional<BigDecimal> notBefore) {
  /** The largest difference of the clocks that is accepted. */
  static final Duration LEEWAY = Duration.ofSeconds(30);

  private static final int NANO_DIGITS = 9;

  /**
   * Reads the times of a token.
   *
   * @return empty if there is no {@code exp}, or if it, {@code nbf} or {@code iat} is no number
   */
  static Optional<Validity> of(Claims claims) {
    if (!isAbsentOrNumber(claims, "nbf") || !isAbsentOrNumber(claims, "iat")) {
      return Optional.empty();
    }
    return number(claims, "exp").map(exp -> new Validity(exp, number(claims, "nbf")));
  }

  private static boolean isAbsentOrNumber(Claims claims, String name) {
    return claims.find(name).map(Numeric.class::isInstance).orElse(true);
  }

  private static Optional<BigDecimal> number(Claims claims, String name) {
    return claims
        .find(name)
        .filter(Numeric.class::isInstance)
        .map(Numeric.class::cast)
        .map(Numeric::value);
  }

  /** Whether the token has begun to be in force. */
  boolean hasBegun(Instant now) {
    var latest = seconds(now.plus(LEEWAY));
    return notBefore.map(begin -> begin.compareTo(latest) <= 0).orElse(true);
  }

  /** Whether the token is past its time. */
  boolean isOver(Instant now) {
    return expiresAt.compareTo(seconds(now.minus(LEEWAY))) <= 0;
  }

  private static BigDecimal seconds(Instant time) {
    return BigDecimal.valueOf(time.getEpochSecond())
        .add(BigDecimal.valueOf(time.getNano(), NANO_DIGITS));
  }
}

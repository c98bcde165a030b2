package dev.chatgate.tenant;

import java.math.BigDecimal;

/** The value that a claim of a login must have; a claim that is a list must contain it. */
public sealed interface RequiredClaim {
  /** A string, compared exactly. */
  record Text(String value) implements RequiredClaim {}

  /** A number, compared by value: 1 and 1.0 are the same. */
  record Numeric(BigDecimal value) implements RequiredClaim {}

  /** {@code true} or {@code false}. */
  record Flag(boolean value) implements RequiredClaim {}
}

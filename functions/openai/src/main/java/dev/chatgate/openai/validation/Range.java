package dev.chatgate.openai.validation;

import java.math.BigDecimal;

/**
 * The numbers that a rule allows.
 *
 * @param min the smallest
 * @param minExclusive whether {@code min} itself is outside
 * @param max the largest, itself inside
 */
public record Range(BigDecimal min, boolean minExclusive, BigDecimal max) {
  /** Whether the number is inside. */
  public boolean contains(BigDecimal number) {
    int above = number.compareTo(min);
    return (minExclusive ? above > 0 : above >= 0) && number.compareTo(max) <= 0;
  }

  @Override
  public String toString() {
    return (minExclusive ? "above " : "from ") + min.toPlainString() + " to " + max.toPlainString();
  }
}

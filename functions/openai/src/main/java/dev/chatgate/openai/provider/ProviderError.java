package dev.chatgate.openai.provider;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * An error object of the provider. Its text may be handed on only if it is not about our key or our
 * account.
 *
 * @param message its {@code message}, if that is a string, or the error itself if it is one
 * @param wellFormed whether every client library can show it: an object with a string {@code
 *     message}, and {@code type}, {@code param} and {@code code} a string, null or absent
 * @param marks the values of {@code type}, {@code code} and {@code status}
 */
record ProviderError(Optional<String> message, boolean wellFormed, List<String> marks) {
  /** What providers call a failure of the key or of the account behind it. */
  private static final Set<String> ABOUT_OUR_ACCOUNT =
      Set.of(
          "401",
          "402",
          "403",
          "invalid_api_key",
          "api_key_invalid",
          "incorrect_api_key",
          "invalid_authentication",
          "invalid_authentication_error",
          "authentication_error",
          "authentication_failed",
          "unauthorized",
          "unauthenticated",
          "forbidden",
          "permission_denied",
          "permission_error",
          "account_deactivated",
          "billing_hard_limit_reached",
          "billing_not_active",
          "insufficient_quota",
          "insufficient_balance",
          "insufficient_credits",
          "payment_required");

  ProviderError {
    marks = List.copyOf(marks);
  }

  /** Whether it is about our key or our account and not about the tenant's request. */
  boolean isAboutOurAccount() {
    return marks.stream()
        .map(mark -> mark.toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_'))
        .anyMatch(ABOUT_OUR_ACCOUNT::contains);
  }

  /** Without the text, which is part of an answer. */
  @Override
  public String toString() {
    return "ProviderError[wellFormed=" + wellFormed + "]";
  }
}

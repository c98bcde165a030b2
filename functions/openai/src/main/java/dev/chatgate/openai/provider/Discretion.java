package dev.chatgate.openai.provider;

import dev.chatgate.provider.ProviderKey;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Keeps what a provider says about our key and our account from the tenant. Some say it with a 400
 * (Google: "API key not valid. Please pass a valid API key."), some in the middle of a stream.
 */
final class Discretion {
  private static final Pattern ABOUT_A_KEY =
      Pattern.compile(
          "\\b(?:incorrect|invalid|expired|missing|revoked|valid|disabled|wrong|your)"
              + "[^.]{0,20}\\bapi[ _-]?key"
              + "|\\bapi[ _-]?key[^.]{0,20}\\b(?:not valid|invalid|expired|missing|incorrect"
              + "|disabled|revoked|required|not found)",
          Pattern.CASE_INSENSITIVE);

  /** Enough of an error to see what it is about. */
  private static final int LOOKED_AT = 8 * 1024;

  private Discretion() {}

  /**
   * Whether an error must not pass.
   *
   * @param facts what was read of it
   * @param bytes its text
   */
  static boolean forbids(AnswerFacts facts, byte[] bytes, int offset, int length, ProviderKey key) {
    var error = facts.error();
    if (error != null && error.isAboutOurAccount()) {
      return true;
    }
    var text = new String(bytes, offset, length, StandardCharsets.UTF_8);
    var beginning = text.substring(0, Math.min(text.length(), LOOKED_AT));
    return text.contains(key.secret()) || ABOUT_A_KEY.matcher(beginning).find();
  }
}

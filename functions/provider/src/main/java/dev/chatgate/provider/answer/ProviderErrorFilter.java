package dev.chatgate.provider.answer;

import dev.chatgate.openai.json.KeySearch;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Keeps what a provider says about our key and our account from the tenant. Some say it with a 400
 * (Google: "API key not valid. Please pass a valid API key."), some in the middle of a stream.
 */
public final class ProviderErrorFilter {
  private static final Pattern ABOUT_A_KEY =
      Pattern.compile(
          "\\b(?:incorrect|invalid|expired|missing|revoked|valid|disabled|wrong|your)"
              + "[^.]{0,20}\\bapi[ _-]?key"
              + "|\\bapi[ _-]?key[^.]{0,20}\\b(?:not valid|invalid|expired|missing|incorrect"
              + "|disabled|revoked|required|not found)"
              + "|\\bnot authenticated\\b|\\bauthentication (?:failed|required)\\b",
          Pattern.CASE_INSENSITIVE);

  /** Enough of an error to see what it is about. */
  private static final int MAX_READ_BYTES = 8 * 1024;

  private ProviderErrorFilter() {}

  /**
   * Whether an error must not pass.
   *
   * @param error what was read of it
   * @param bytes its text
   * @param keys our keys
   */
  public static boolean forbids(
      ProviderError error, byte[] bytes, int offset, int length, KeySearch keys) {
    if (error.isAboutOurAccount() || keys.finds(bytes, offset, length) || isWritten(error, keys)) {
      return true;
    }
    int read = Math.min(length, MAX_READ_BYTES);
    return isAboutAKey(new String(bytes, offset, read, StandardCharsets.UTF_8))
        || error.message().filter(ProviderErrorFilter::isAboutAKey).isPresent();
  }

  /** Whether the error as we would write it holds a key that its bytes spelled otherwise. */
  private static boolean isWritten(ProviderError error, KeySearch keys) {
    var written = error.body("");
    return keys.finds(written, 0, written.length);
  }

  private static boolean isAboutAKey(String text) {
    var beginning = text.substring(0, Math.min(text.length(), MAX_READ_BYTES));
    return ABOUT_A_KEY.matcher(beginning).find();
  }
}

package dev.chatgate.provider;

import java.net.URI;
import java.time.Duration;

/**
 * Where the provider is and how long it may take: the settings {@code UPSTREAM_*}.
 *
 * @param baseUrl to which the path of an operation, or {@code /models}, is appended, with or
 *     without a slash at its end
 * @param connect most that name resolution, TCP and TLS may take together
 * @param firstByte most that may pass, on a stream, from the connection to the first byte of the
 *     answer's body
 * @param idle most that may pass, on a stream, between two reads of the body
 * @param retries how often a call is repeated at most, 0 for never
 */
public record ProviderSettings(
    URI baseUrl, Duration connect, Duration firstByte, Duration idle, int retries) {

  /**
   * @throws IllegalArgumentException if the address is not absolute, http or https, or a number is
   *     out of range
   */
  public ProviderSettings {
    if (baseUrl.getHost() == null || !String.valueOf(baseUrl.getScheme()).matches("https?")) {
      throw new IllegalArgumentException("the provider's address is an absolute http(s) URL");
    }
    requirePositive("connect", connect);
    requirePositive("firstByte", firstByte);
    requirePositive("idle", idle);
    if (retries < 0) {
      throw new IllegalArgumentException("retries is not negative");
    }
  }

  private static void requirePositive(String name, Duration limit) {
    if (!limit.isPositive()) {
      throw new IllegalArgumentException(name + " is a positive time");
    }
  }

  /** The address of an operation, like {@code /models}. */
  public URI url(String path) {
    var base = baseUrl.toString();
    int end = base.length();
    while (base.charAt(end - 1) == '/') {
      end--;
    }
    return URI.create(base.substring(0, end) + path);
  }
}

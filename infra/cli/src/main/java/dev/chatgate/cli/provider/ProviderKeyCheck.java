package dev.chatgate.cli.provider;

import dev.chatgate.cli.console.CommandException;
import dev.chatgate.secret.ProviderKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * Checks a key with a request to the provider's {@code /models}. Redirects are not followed, since
 * they would send the key to another host.
 */
final class ProviderKeyCheck {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(15);

  private final URI models;

  /**
   * @param baseUrl the provider's base URL; {@code /models} is appended
   * @throws CommandException if the URL is neither https nor http to this machine
   */
  ProviderKeyCheck(String baseUrl) {
    models = checked(baseUrl.endsWith("/") ? baseUrl + "models" : baseUrl + "/models");
  }

  private static URI checked(String url) {
    try {
      var uri = URI.create(url);
      var host = uri.getHost() == null ? "" : uri.getHost();
      boolean isLocal = host.equals("127.0.0.1") || host.equals("localhost");
      boolean isHttps = "https".equals(uri.getScheme()) && !host.isEmpty();
      if (isHttps || ("http".equals(uri.getScheme()) && isLocal)) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw invalidUrl();
    }
    throw invalidUrl();
  }

  private static CommandException invalidUrl() {
    return CommandException.error("The provider base URL must use https, or http to localhost.");
  }

  /** Sends one request with the key. */
  KeyCheckResult check(ProviderKey key) {
    try (var http = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build()) {
      var request =
          HttpRequest.newBuilder(models)
              .timeout(REQUEST_TIMEOUT)
              .header("Authorization", "Bearer " + key.secret())
              .build();
      int status = http.send(request, BodyHandlers.discarding()).statusCode();
      return switch (status) {
        case 200 -> new KeyCheckResult.Accepted();
        case 401, 403 -> new KeyCheckResult.Rejected(status);
        default -> new KeyCheckResult.Inconclusive(status);
      };
    } catch (IOException e) {
      return new KeyCheckResult.Unreachable();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new KeyCheckResult.Unreachable();
    }
  }
}

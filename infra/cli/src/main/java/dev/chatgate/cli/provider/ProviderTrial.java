package dev.chatgate.cli.provider;

import dev.chatgate.cli.shell.RefusedException;
import dev.chatgate.secret.ProviderKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * Tries a key at the provider's {@code /models}. Redirects are not followed: the key would go
 * along.
 */
final class ProviderTrial {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration WHOLE = Duration.ofSeconds(15);

  private final URI models;

  /**
   * @param baseUrl the provider's, to which {@code /models} is appended
   * @throws RefusedException if the key cannot be sent there
   */
  ProviderTrial(String baseUrl) {
    models = checked(baseUrl.endsWith("/") ? baseUrl + "models" : baseUrl + "/models");
  }

  private static URI checked(String url) {
    try {
      var uri = URI.create(url);
      var host = uri.getHost() == null ? "" : uri.getHost();
      boolean here = host.equals("127.0.0.1") || host.equals("localhost");
      boolean safe = "https".equals(uri.getScheme()) && !host.isEmpty();
      if (safe || ("http".equals(uri.getScheme()) && here)) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw notUsable();
    }
    throw notUsable();
  }

  private static RefusedException notUsable() {
    return RefusedException.cannotRun("The provider's base URL must be an https URL.");
  }

  ProviderAnswer of(ProviderKey key) {
    try (var http = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
      var request =
          HttpRequest.newBuilder(models)
              .timeout(WHOLE)
              .header("Authorization", "Bearer " + key.secret())
              .build();
      int status = http.send(request, BodyHandlers.discarding()).statusCode();
      return switch (status) {
        case 200 -> new ProviderAnswer.Taken();
        case 401, 403 -> new ProviderAnswer.Refused(status);
        default -> new ProviderAnswer.Unclear(status);
      };
    } catch (IOException e) {
      return new ProviderAnswer.Unreachable();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new ProviderAnswer.Unreachable();
    }
  }
}

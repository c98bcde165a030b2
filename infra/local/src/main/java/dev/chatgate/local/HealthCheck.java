package dev.chatgate.local;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Waits until every door answers; all are asked at once, so that their instances start in parallel.
 */
final class HealthCheck {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private HealthCheck() {}

  /**
   * Sends a GET to each URL and waits for the answers.
   *
   * @throws StartException if one is not 200, or does not come within 60 seconds
   */
  static void await(List<String> urls) {
    try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      List<CompletableFuture<HttpResponse<String>>> answers =
          urls.stream().map(url -> client.sendAsync(get(url), body())).toList();
      answers.forEach(answer -> require(answer.join()));
    } catch (CompletionException e) {
      throw new StartException("A door does not answer GET /health: " + e.getMessage(), e);
    }
  }

  private static HttpResponse.BodyHandler<String> body() {
    return HttpResponse.BodyHandlers.ofString();
  }

  private static HttpRequest get(String url) {
    return HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build();
  }

  private static void require(HttpResponse<String> answer) {
    if (answer.statusCode() != 200) {
      throw new StartException(
          "%s answers %d %s; the lines above say why."
              .formatted(answer.uri(), answer.statusCode(), answer.body().strip()));
    }
  }
}

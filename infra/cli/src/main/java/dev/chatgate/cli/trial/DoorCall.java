package dev.chatgate.cli.trial;

import dev.chatgate.cli.console.CommandException;
import dev.chatgate.tenant.EndUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One chat call through a door. Redirects are not followed: they would send the key elsewhere. */
public final class DoorCall {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** Longer than a snapshot takes to be restored, and an answer in one piece to be made. */
  private static final Duration HEADERS_TIMEOUT = Duration.ofSeconds(60);

  /** The status of an answer. */
  public static final int OK = 200;

  private final InstantSource clock;
  private final Consumer<String> text;
  private @Nullable Instant firstText;

  /**
   * @param clock measures the call
   * @param text takes the answer's text as it arrives
   */
  public DoorCall(InstantSource clock, Consumer<String> text) {
    this.clock = clock;
    this.text = text;
  }

  /**
   * How a call ended.
   *
   * @param status HTTP status
   * @param requestId the call's {@code x-request-id}, or a hyphen
   * @param answer the answer
   * @param duration from sending the request to the end of the answer
   * @param firstText until the first text of the answer; absent if there was none
   */
  public record Outcome(
      int status,
      String requestId,
      ChatAnswer answer,
      Duration duration,
      Optional<Duration> firstText) {
    /** Whether the answer is complete. */
    public boolean isOk() {
      return status == OK && answer.error().isEmpty() && answer.isComplete();
    }

    /** What is wrong with an answer that is not complete, without a full stop. */
    public String reason() {
      return answer
          .error()
          .map(error -> error.endsWith(".") ? error.substring(0, error.length() - 1) : error)
          .orElse(
              status == OK
                  ? "with an answer that is not complete"
                  : "with an answer that is not the gateway's");
    }
  }

  /**
   * Makes the call.
   *
   * @param streamed whether the body asks for a stream
   * @throws CommandException if the door cannot be reached, or its answer is not one of a door
   */
  public Outcome make(
      URI url, String key, Optional<EndUser> endUser, String body, boolean streamed) {
    var request =
        HttpRequest.newBuilder(url)
            .timeout(HEADERS_TIMEOUT)
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body));
    endUser.ifPresent(user -> request.header("x-chatgate-end-user", user.id()));
    try (var http = client()) {
      var began = clock.instant();
      var response = http.send(request.build(), BodyHandlers.ofLines());
      var answer = read(response, streamed && response.statusCode() == OK);
      return new Outcome(
          response.statusCode(),
          response.headers().firstValue("x-request-id").orElse("-"),
          answer,
          Duration.between(began, clock.instant()),
          Optional.ofNullable(firstText).map(first -> Duration.between(began, first)));
    } catch (IOException | UncheckedIOException e) {
      throw CommandException.error("No usable answer from " + url + ".");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.error("Interrupted.");
    }
  }

  private static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(CONNECT_TIMEOUT)
        .build();
  }

  private ChatAnswer read(HttpResponse<Stream<String>> response, boolean streamed)
      throws IOException {
    var answer = new ChatAnswer();
    try (var lines = response.body()) {
      for (var line : (Iterable<String>) lines::iterator) {
        if (streamed) {
          answer.event(line).ifPresent(this::take);
        } else {
          answer.line(line);
        }
      }
    }
    if (!streamed) {
      answer.end().ifPresent(this::take);
    }
    return answer;
  }

  private void take(String piece) {
    if (firstText == null && !piece.isEmpty()) {
      firstText = clock.instant();
    }
    text.accept(piece);
  }
}

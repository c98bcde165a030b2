package dev.chatgate.bench.crash;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Posts chat calls with {@link HttpURLConnection}, which returns each chunk as soon as it arrives.
 */
final class ChatClient {
  private static final Duration MAX_WAIT = Duration.ofSeconds(60);

  private final URI url;
  private final String key;
  private final Optional<String> endUser;

  /**
   * @param baseUrl the base URL of the provider or of a door
   * @param key the key for {@code Authorization}
   * @param endUser the id of the person for whom the calls are made, if there is one
   */
  ChatClient(String baseUrl, String key, Optional<String> endUser) {
    this.url = URI.create(baseUrl + "/chat/completions");
    this.key = key;
    this.endUser = endUser;
  }

  /** Reads an answer. */
  @FunctionalInterface
  interface Reading<T> {
    /**
     * Reads an answer.
     *
     * @param status the HTTP status
     * @param requestId the value of {@code x-request-id}; empty if absent
     * @param body the body, for any status
     */
    T read(int status, String requestId, InputStream body) throws IOException;
  }

  /**
   * Posts a body and reads the answer.
   *
   * @throws IOException if no complete answer arrives
   */
  <T> T post(String body, Reading<T> reading) throws IOException {
    var connection = (HttpURLConnection) url.toURL().openConnection();
    connection.setRequestMethod("POST");
    connection.setConnectTimeout((int) MAX_WAIT.toMillis());
    connection.setReadTimeout((int) MAX_WAIT.toMillis());
    connection.setRequestProperty("Authorization", "Bearer " + key);
    connection.setRequestProperty("Content-Type", "application/json");
    endUser.ifPresent(id -> connection.setRequestProperty("x-chatgate-end-user", id));
    connection.setDoOutput(true);
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    connection.setFixedLengthStreamingMode(bytes.length);
    try (var out = connection.getOutputStream()) {
      out.write(bytes);
    }
    int status = connection.getResponseCode();
    var requestId = connection.getHeaderField("x-request-id");
    try (var in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      return reading.read(
          status,
          requestId == null ? "" : requestId,
          in == null ? InputStream.nullInputStream() : in);
    }
  }
}

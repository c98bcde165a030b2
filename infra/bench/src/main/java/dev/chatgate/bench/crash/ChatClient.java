package dev.chatgate.bench.crash;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Posts chat calls. The JDK's oldest client, for it hands each chunk over as it comes. */
final class ChatClient {
  private static final Duration MAX_WAIT = Duration.ofSeconds(60);

  private final URI url;
  private final String key;

  /**
   * @param baseUrl the provider's, or a door's with its path
   * @param key goes into {@code Authorization}
   */
  ChatClient(String baseUrl, String key) {
    this.url = URI.create(baseUrl + "/chat/completions");
    this.key = key;
  }

  /** What is done with an answer. */
  @FunctionalInterface
  interface Reading<T> {
    /**
     * Reads an answer.
     *
     * @param status the HTTP status
     * @param requestId {@code x-request-id}, or nothing
     * @param body the body, whatever the status
     */
    T read(int status, String requestId, InputStream body) throws IOException;
  }

  /**
   * Posts a body and reads the answer.
   *
   * @throws IOException if no whole answer comes
   */
  <T> T post(String body, Reading<T> reading) throws IOException {
    var connection = (HttpURLConnection) url.toURL().openConnection();
    connection.setRequestMethod("POST");
    connection.setConnectTimeout((int) MAX_WAIT.toMillis());
    connection.setReadTimeout((int) MAX_WAIT.toMillis());
    connection.setRequestProperty("Authorization", "Bearer " + key);
    connection.setRequestProperty("Content-Type", "application/json");
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

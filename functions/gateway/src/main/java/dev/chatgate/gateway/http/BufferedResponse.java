package dev.chatgate.gateway.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * Collects an answer that is sent in one piece. Lambda limits it to 6 MB as a JSON string, so that
 * a character that needs an escape counts with the length of the escape.
 */
public final class BufferedResponse implements ResponseChannel {
  /** Maximum response of a Lambda function (6 MB), less 64 KiB for the head. */
  static final long MAX_BYTES = 6L * 1024 * 1024 - 64 * 1024;

  private static final JsonFactory JSON =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();
  private static final char UNREADABLE = '\uFFFD';

  /** The answer is too large; a new one may be started with {@link #head}. */
  public static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException() {
      super("the answer is larger than Lambda's limit");
    }

    /** The error for the client. */
    public static ApiError error() {
      return ApiError.of(
              ErrorCode.RESPONSE_TOO_LARGE,
              "The answer is larger than the 6 MB that this door can pass on; the streaming door (the function URL) can.")
          .withoutRetry();
    }
  }

  private int status;
  private Map<String, String> headers = Map.of();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private long escapedBytes;
  private Optional<String> text = Optional.of("");

  @Override
  public void head(int status, Map<String, String> headers) {
    this.status = status;
    this.headers = headers;
    body.reset();
    escapedBytes = 0;
    text = Optional.of("");
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws TooLargeException {
    for (int i = offset; i < offset + length; i++) {
      escapedBytes += escapedLength(bytes[i]);
    }
    if (escapedBytes > MAX_BYTES) {
      throw new TooLargeException();
    }
    body.write(bytes, offset, length);
  }

  /**
   * Length in JSON: quotation mark, backslash and control characters are escaped (RFC 8259, section
   * 7).
   */
  private static int escapedLength(byte b) {
    if (b == '"' || b == '\\' || b == '\n' || b == '\r' || b == '\t') {
      return 2;
    }
    return b >= 0 && b < 0x20 ? 6 : 1;
  }

  /**
   * Does nothing: nothing is sent before the handler returns, so that the client cannot delay it.
   */
  @Override
  public void endWithin(Duration time) {}

  /**
   * @throws TooLargeException if the body is not text and is too large in base64
   */
  @Override
  public void end() throws TooLargeException {
    text = decoded();
    if (text.isEmpty() && base64Length(body.size()) > MAX_BYTES) {
      throw new TooLargeException();
    }
  }

  /** Length in base64 (RFC 4648, section 4): four characters for each three bytes, padded. */
  private static long base64Length(int bytes) {
    return (bytes + 2L) / 3 * 4;
  }

  /** Always false, because nothing is sent before the end. */
  @Override
  public boolean committed() {
    return false;
  }

  @Override
  public void breakOff(Throwable error) {
    throw new IllegalStateException(
        "an answer that is not committed must be replaced, not broken off", error);
  }

  public int status() {
    return status;
  }

  public Map<String, String> headers() {
    return headers;
  }

  public byte[] body() {
    return body.toByteArray();
  }

  /**
   * Writes the answer in payload format 2.0. A body that is UTF-8 is written as text, because
   * base64 is a third longer.
   */
  public void writeTo(OutputStream out) throws IOException {
    try (var json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeNumberField("statusCode", status);
      json.writeObjectFieldStart("headers");
      for (var header : headers.entrySet()) {
        json.writeStringField(header.getKey(), header.getValue());
      }
      json.writeEndObject();
      json.writeStringField(
          "body", text.orElseGet(() -> Base64.getEncoder().encodeToString(body())));
      json.writeBooleanField("isBase64Encoded", text.isEmpty());
      json.writeEndObject();
    }
  }

  /** Decodes the body as text; empty if it is not UTF-8. */
  private Optional<String> decoded() {
    // U+FFFD replaces bytes that are not UTF-8, but the text may also contain U+FFFD itself.
    var text = body.toString(StandardCharsets.UTF_8);
    return text.indexOf(UNREADABLE) < 0 ? Optional.of(text) : Bodies.text(body());
  }
}

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
 * Collects an answer that goes out in one piece. Lambda takes 6 MB of it, as a JSON string:
 * characters that need an escape count as what they become.
 */
public final class BufferedResponse implements ResponseChannel {
  /** Largest response of a Lambda function, less 64 KiB for the head. */
  static final long MAX_BYTES = 6L * 1024 * 1024 - 64 * 1024;

  private static final JsonFactory JSON =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();
  private static final char UNREADABLE = '\uFFFD';

  /** The answer does not fit; a new one may be begun with {@link #head}. */
  public static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException() {
      super("the answer is larger than Lambda takes");
    }

    /** What the caller is told. */
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

  /** RFC 8259, 7: quotation mark, backslash and control characters are escaped. */
  private static int escapedLength(byte b) {
    if (b == '"' || b == '\\' || b == '\n' || b == '\r' || b == '\t') {
      return 2;
    }
    return b >= 0 && b < 0x20 ? 6 : 1;
  }

  /** Nothing goes to the client before this entry returns, so that it is not waited for. */
  @Override
  public void endWithin(Duration time) {}

  /**
   * @throws TooLargeException if the body is no text and is too large in base64
   */
  @Override
  public void end() throws TooLargeException {
    text = decoded();
    if (text.isEmpty() && base64Length(body.size()) > MAX_BYTES) {
      throw new TooLargeException();
    }
  }

  /** RFC 4648, 4: four characters for each three bytes, the last ones padded. */
  private static long base64Length(int bytes) {
    return (bytes + 2L) / 3 * 4;
  }

  /** Never: nothing goes out before all of it does. */
  @Override
  public boolean committed() {
    return false;
  }

  @Override
  public void breakOff(Throwable error) {
    throw new IllegalStateException("what is not committed is answered anew instead", error);
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
   * Writes the answer as payload 2.0 wants it. The body is text where it is text: base64 would cost
   * a third of what Lambda takes.
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

  /** The body as text, or empty if it is not UTF-8. */
  private Optional<String> decoded() {
    // U+FFFD stands for bytes that are not UTF-8, but the body may hold it as text, too.
    var text = body.toString(StandardCharsets.UTF_8);
    return text.indexOf(UNREADABLE) < 0 ? Optional.of(text) : Bodies.text(body());
  }
}

package dev.chatgate.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.chatgate.gateway.Expectation.Answer;
import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.streaming.InvocationContext;
import dev.chatgate.streaming.ResponseWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Calls an entry with an event, as its runtime does, and collects the answer. */
public final class Entries {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Entries() {}

  /** The buffered entry. */
  public static Answer buffered(ApiHandler handler, String json) {
    var written = new ByteArrayOutputStream();
    try {
      handler.handleRequest(new ByteArrayInputStream(json.getBytes(UTF_8)), written, null);
      var answer = JSON.readTree(written.toByteArray());
      assertFalse(answer.get("isBase64Encoded").asBoolean(true));
      return new Answer(
          answer.get("statusCode").asInt(),
          JSON.convertValue(answer.get("headers"), new TypeReference<>() {}),
          answer.get("body").asText());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The streaming entry. */
  public static Answer streamed(StreamHandler handler, String json) {
    var invocation =
        new InvocationContext("id", Instant.now().plusSeconds(900), "arn", Optional.empty());
    var channel = new Collecting();
    handler.handle(json.getBytes(UTF_8), invocation, channel);
    return channel.answer();
  }

  /** A channel of the streaming runtime that collects the answer in memory. */
  private static final class Collecting implements ResponseWriter {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private Answer head = new Answer(0, Map.of(), "");
    private boolean ended;

    @Override
    public void head(int status, Map<String, String> headers, List<String> cookies) {
      head = new Answer(status, headers, "");
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      body.write(bytes, offset, length);
    }

    @Override
    public void end() {
      ended = true;
    }

    @Override
    public void fail(Throwable error) {
      throw new AssertionError("the answer failed", error);
    }

    Answer answer() {
      assertTrue(ended, "the answer has no end");
      return new Answer(head.status(), head.headers(), body.toString(UTF_8));
    }
  }
}

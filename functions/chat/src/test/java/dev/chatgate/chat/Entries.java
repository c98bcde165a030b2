package dev.chatgate.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import dev.chatgate.chat.Expectation.Answer;
import dev.chatgate.streaming.InvocationContext;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Hands an event to an entry as its runtime does, and collects the answer. */
final class Entries {
  private Entries() {}

  /** The buffered entry. The event is read as AWS's runtime client reads it. */
  static Answer buffered(ApiHandler handler, String json) {
    var event =
        LambdaEventSerializers.serializerFor(
                APIGatewayV2HTTPEvent.class, ApiHandler.class.getClassLoader())
            .fromJson(json);
    var answer = handler.handleRequest(event, null);
    assertFalse(answer.getIsBase64Encoded());
    return new Answer(answer.getStatusCode(), answer.getHeaders(), answer.getBody());
  }

  /** The streaming entry. */
  static Answer streamed(StreamHandler handler, String json) {
    var invocation =
        new InvocationContext("id", Instant.now().plusSeconds(900), "arn", Optional.empty());
    var channel = new Collecting();
    handler.handle(json.getBytes(UTF_8), invocation, channel);
    return channel.answer();
  }

  /** The streaming runtime's channel, into memory. */
  private static final class Collecting implements dev.chatgate.streaming.ResponseChannel {
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

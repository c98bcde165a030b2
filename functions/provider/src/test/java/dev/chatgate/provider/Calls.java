package dev.chatgate.provider;

import dev.chatgate.RequestId;
import dev.chatgate.openai.operation.MeteredRequest;
import dev.chatgate.openai.operation.ParsedRequest;
import dev.chatgate.openai.operation.chat.ChatOperation;
import dev.chatgate.openai.tokens.TokenCounters;
import dev.chatgate.tenant.Upstream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** Calls for tests of the provider client. */
public final class Calls {
  public static final TokenCounters COUNTERS = new TokenCounters();
  public static final String PLAIN =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":9}";
  public static final long PROMPT_ESTIMATE = 77;

  private Calls() {}

  public static String streaming(String extra) {
    return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":9,"
        + "\"stream\":true"
        + extra
        + "}";
  }

  static MeteredRequest request(String body) {
    var parsed = new ChatOperation(COUNTERS).parse(body.getBytes(StandardCharsets.UTF_8));
    return switch (parsed) {
      case ParsedRequest.Valid(var request) -> request;
      case ParsedRequest.Invalid(var error) -> throw new IllegalArgumentException(error.message());
    };
  }

  public static ProviderCall of(String body) {
    return of(body, Optional.empty(), Duration.ofSeconds(30));
  }

  public static ProviderCall of(String body, Optional<String> upstreamModel, Duration total) {
    var request = request(body);
    return new ProviderCall(
        new RequestId("req_0123456789abcdefghijklmn"),
        "/chat/completions",
        request,
        new Upstream(Upstream.DEFAULT_PROVIDER, upstreamModel.orElseGet(request::model)),
        OptionalLong.empty(),
        Instant.now().plus(total),
        PROMPT_ESTIMATE,
        Optional.empty(),
        Optional.empty());
  }
}

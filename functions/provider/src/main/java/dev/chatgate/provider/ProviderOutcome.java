package dev.chatgate.provider;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.usage.Consumption;
import java.time.Duration;
import java.util.Optional;

/** How a call at the provider ended. */
public sealed interface ProviderOutcome {

  /** What the call used. */
  Consumption consumption();

  /**
   * The provider answered 200, and everything went to the sink, {@code end()} included, or the
   * tenant left meanwhile.
   *
   * @param brokenBy the code of the error event that was written at the end, if the stream failed
   *     midway
   * @param timeToFirstByte from the beginning of the call to the first byte of a stream; empty for
   *     a plain answer, which is passed on only when it is whole
   */
  record Answered(
      Consumption consumption, Optional<ErrorCode> brokenBy, Optional<Duration> timeToFirstByte)
      implements ProviderOutcome {}

  /**
   * The provider refused the tenant's own request: status and body are the tenant's answer as they
   * came, or, where the refusal came with status 200, the status that it means and the usual shape.
   * Nothing was written to the sink.
   *
   * @param status 400, 404, 409, 413, 415 or 422
   * @param body JSON
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  record PassedThrough(int status, byte[] body, String contentType, Consumption consumption)
      implements ProviderOutcome {}

  /**
   * The provider failed before a byte of an answer. Nothing was written to the sink.
   *
   * @param error the error for the tenant
   */
  record Failed(ApiError error, Consumption consumption) implements ProviderOutcome {}
}

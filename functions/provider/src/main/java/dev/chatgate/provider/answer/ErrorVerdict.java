package dev.chatgate.provider.answer;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.provider.ProviderOutcome;
import dev.chatgate.provider.ProviderOutcome.Failed;
import dev.chatgate.provider.ProviderOutcome.PassedThrough;
import dev.chatgate.provider.transport.RequestHeaders;
import dev.chatgate.usage.Consumption;
import java.util.Optional;

/** What an error that came in the place of an answer, with status 200, is to the tenant. */
sealed interface ErrorVerdict {
  /** The outcome of a call of which nothing has been passed on. */
  ProviderOutcome outcome(Consumption consumption);

  /** A failure with a message of ours. */
  record Ours(ApiError error) implements ErrorVerdict {
    @Override
    public ProviderOutcome outcome(Consumption consumption) {
      return new Failed(error, consumption);
    }
  }

  /**
   * A fault of the tenant's own request.
   *
   * @param body message and code of the provider in the usual shape
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Tenants(int status, byte[] body) implements ErrorVerdict {
    @Override
    public ProviderOutcome outcome(Consumption consumption) {
      return new PassedThrough(status, body, RequestHeaders.JSON, consumption);
    }
  }

  /**
   * Judges an error by what it says: the status that it means decides as the status of an answer
   * does.
   *
   * @param answerName what an answer would be, with its article
   */
  static ErrorVerdict of(ProviderError error, String answerName) {
    int status = error.status();
    if (ProviderErrors.isTenants(status)) {
      return new Tenants(status, error.body(ErrorCode.INVALID_VALUE.type()));
    }
    if (status > 0) {
      return new Ours(ProviderErrors.of(status, Optional.empty()));
    }
    return new Ours(
        error.reported()
            ? ApiError.of(ErrorCode.UPSTREAM_ERROR, ProviderError.REPORTED)
            : ProviderErrors.invalid("The provider's answer is not " + answerName + "."));
  }
}

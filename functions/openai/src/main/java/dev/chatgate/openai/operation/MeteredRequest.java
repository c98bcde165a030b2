package dev.chatgate.openai.operation;

/**
 * A valid request of one {@link Operation}: what the gateway must know of it to admit, send and
 * meter it. Not for many threads. Its text appears in no {@code toString}.
 */
public interface MeteredRequest {
  /** Who asks the provider to report usage on a stream. */
  enum UsageRequest {
    /** The tenant: usage on the stream is for it and passes. */
    BY_TENANT,
    /** The gateway must, by {@link UpstreamEdits#askForUsage}. */
    BY_GATEWAY,
    /** Not needed: the provider reports usage by itself. */
    NOT_NEEDED
  }

  /** The model's name as the tenant sent it. */
  String model();

  /** Whether the answer is to be streamed as server-sent events. */
  boolean stream();

  /**
   * How many tokens the prompt will have at most, estimated high. Counted at the first call, for
   * the model named then, in time in proportion to the body's size.
   *
   * @param upstreamModel the provider's name for the model
   */
  long promptTokens(String upstreamModel);

  /**
   * How many completion tokens to reserve.
   *
   * @param ceiling the tenant's largest number for one choice, 0 or more
   * @param ifNotSet the number for a request that sets no limit, at most the ceiling
   */
  Reserve reserve(long ceiling, long ifNotSet);

  /**
   * What to tell a tenant if this request is too large for one of its limits.
   *
   * @param largestReserve the largest number of completion tokens that fits, 0 if none does
   */
  String advice(long largestReserve);

  /** Who asks the provider to report usage. */
  UsageRequest usageRequest();

  /**
   * Whether the provider refused the request because the gateway asked for usage.
   *
   * @param refusal the body of a 400 or 422
   */
  boolean refusesUsage(byte[] refusal);

  /**
   * The body for the provider: the tenant's bytes with the named fields set. Without an edit that
   * changes something it is the very array that was parsed.
   */
  byte[] upstreamBody(UpstreamEdits edits);

  /**
   * A reader for the answer to this request.
   *
   * @param renamed whether the provider knows the model by another name, so that the tenant's is
   *     put back into the answer
   * @param output receives what the model wrote
   */
  AnswerReader answerReader(boolean renamed, OutputListener output);
}

package dev.chatgate.openai.operation;

/**
 * One operation of the API that is metered, like chat completions: its paths, its rules and, by the
 * requests that it parses, its reserve, the edits on the way to the provider and the reading of the
 * answer. Everything else (authentication, quota, streaming, retries, deadlines, errors) is common
 * to all operations. For many threads.
 */
public interface Operation {
  /** The name in logs and metrics, like {@code chat}: lower case ASCII letters. */
  String name();

  /** The path on which the gateway serves it, like {@code /v1/chat/completions}. */
  String path();

  /** The path at the provider, relative to its base URL, like {@code /chat/completions}. */
  String providerPath();

  /**
   * Parses a body. Any bytes have a result, in time and memory in proportion to their number.
   *
   * @param body the bytes as the tenant sent them; the request keeps them, so they must not change
   */
  ParsedRequest parse(byte[] body);
}

package dev.chatgate;

/**
 * The store (tenants, quota or records) did not answer in time, throttled past its retries, or
 * refused us. Every port of the domain that reads or writes the store throws it; a caller answers
 * 503 {@code quota_store_unavailable}.
 */
public final class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param what the operation that failed, without any value in it
   * @param cause what the store's client threw
   */
  public StoreUnavailableException(String what, Throwable cause) {
    super(what, cause);
  }
}

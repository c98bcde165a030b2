package dev.chatgate;

/**
 * The store (tenants, quota or records) did not answer in time, throttled past its retries, refused
 * us, or holds what cannot be read. Every port of the domain that reads or writes the store throws
 * it; a caller answers 503 {@code quota_store_unavailable}.
 */
public final class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final boolean permanent;

  /**
   * A failure that may pass.
   *
   * @param what the operation that failed, without any value in it
   * @param cause what the store's client threw
   */
  public StoreUnavailableException(String what, Throwable cause) {
    this(what, cause, cause.getClass().getName(), false);
  }

  /**
   * @param what the operation that failed, without any value in it
   * @param cause what the store's client threw
   * @param reason see {@link #reason}
   * @param permanent see {@link #isPermanent}
   */
  public StoreUnavailableException(String what, Throwable cause, String reason, boolean permanent) {
    super(what, cause);
    this.reason = reason;
    this.permanent = permanent;
  }

  /** The store's error code, or the class of the cause: for the log, no value is in it. */
  public String reason() {
    return reason;
  }

  /** Whether the same request cannot succeed at a second try. */
  public boolean isPermanent() {
    return permanent;
  }
}

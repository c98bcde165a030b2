package dev.chatgate.provider.transport;

/** The time limits of one exchange with the provider. */
public enum Limit {
  CONNECT("The provider could not be connected to in time."),
  FIRST_BYTE("The provider did not begin to answer in time."),
  IDLE("The provider stopped in the middle of its answer."),
  TOTAL("The answer took longer than a call may take.");

  private final String message;

  Limit(String message) {
    this.message = message;
  }

  /** What a tenant is told. */
  public String message() {
    return message;
  }
}

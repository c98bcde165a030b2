package dev.chatgate.provider.transport;

/** The time limits of one exchange with the provider. */
public enum TimeLimit {
  CONNECT("Connecting to the provider took too long."),
  FIRST_BYTE("The provider did not start its answer in time."),
  IDLE("The provider stopped sending in the middle of its answer."),
  TOTAL("The call exceeded its time limit.");

  private final String message;

  TimeLimit(String message) {
    this.message = message;
  }

  /** The error message for tenants. */
  public String message() {
    return message;
  }
}

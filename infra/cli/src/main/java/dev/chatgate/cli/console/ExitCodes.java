package dev.chatgate.cli.console;

/** The exit codes of all commands. */
public final class ExitCodes {
  /** Success. */
  public static final int OK = 0;

  /**
   * The command ran, with a negative result: the audit found differences, a named tenant, key or
   * call does not exist or already exists, the provider rejected its key, or a confirmation was
   * declined.
   */
  public static final int NEGATIVE = 1;

  /**
   * The command could not run: invalid arguments or input, no usable response from AWS or the
   * provider, or output that cannot be written.
   */
  public static final int ERROR = 2;

  private ExitCodes() {}
}

package dev.chatgate.cli.console;

/**
 * Ends a command with an exit code and a message for standard error. The message contains no
 * secret.
 */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandException(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  /** Ends the command with {@link ExitCodes#NEGATIVE}. */
  public static CommandException negative(String message) {
    return new CommandException(ExitCodes.NEGATIVE, message);
  }

  /** Ends the command with {@link ExitCodes#ERROR}. */
  public static CommandException error(String message) {
    return new CommandException(ExitCodes.ERROR, message);
  }

  /** The exit code of the process. */
  public int exitCode() {
    return exitCode;
  }
}

package dev.chatgate.cli.shell;

/** What a command ends with; the same table for all of them. */
public final class ExitCodes {
  /** Done; the answer is yes. */
  public static final int OK = 0;

  /**
   * The answer is no: differences were found, what was asked for is not there or is there already,
   * the question was not answered with yes.
   */
  public static final int NO = 1;

  /** It could not run: the line or its input is wrong, or AWS or the provider does not answer. */
  public static final int CANNOT_RUN = 2;

  private ExitCodes() {}
}

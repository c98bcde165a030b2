package dev.chatgate.cli.shell;

/** Ends a command. Its message is the sentence that the operator reads; no secret is in it. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private RefusedException(int exitCode, String sentence) {
    super(sentence, null, false, false);
    this.exitCode = exitCode;
  }

  /** The answer is no: {@link ExitCodes#NO}. */
  public static RefusedException no(String sentence) {
    return new RefusedException(ExitCodes.NO, sentence);
  }

  /** It could not run: {@link ExitCodes#CANNOT_RUN}. */
  public static RefusedException cannotRun(String sentence) {
    return new RefusedException(ExitCodes.CANNOT_RUN, sentence);
  }

  /** What the process ends with. */
  public int exitCode() {
    return exitCode;
  }
}

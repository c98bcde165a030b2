package dev.chatgate.cli.console;

import java.io.PrintWriter;

/** A progress line in percent on standard error. It is shown only if that is a terminal. */
public final class Progress {
  private static final int PERCENT = 100;

  private final PrintWriter err;
  private final boolean shown;
  private String task = "";
  private long totalSteps = 1;
  private long doneSteps;

  /**
   * @param environment has standard error
   */
  public Progress(CommandEnvironment environment) {
    this.err = environment.err();
    this.shown = environment.errIsTerminal();
  }

  /**
   * Starts at 0 %.
   *
   * @param name the task as it is shown
   * @param steps number of steps; 0 counts as 1
   */
  public void begin(String name, long steps) {
    task = name;
    totalSteps = Math.max(1, steps);
    doneSteps = 0;
  }

  /** Marks one step as done and updates the line. A task of one step shows none. */
  public void step() {
    doneSteps++;
    if (shown && totalSteps > 1) {
      err.print("\r" + task + ": " + Math.min(PERCENT, PERCENT * doneSteps / totalSteps) + " %");
      err.flush();
    }
  }

  /** Clears the line. */
  public void end() {
    if (shown && totalSteps > 1) {
      err.print("\r" + " ".repeat(task.length() + ": 100 %".length()) + "\r");
      err.flush();
    }
  }
}

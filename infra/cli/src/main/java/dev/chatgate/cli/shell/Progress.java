package dev.chatgate.cli.shell;

import java.io.PrintWriter;

/** Says on one line of a terminal how far something is, and takes the line away again. */
public final class Progress {
  private static final int PERCENT = 100;

  private final PrintWriter err;
  private final boolean shown;
  private String what = "";
  private long steps = 1;
  private long done;

  /**
   * @param shell shown only if its standard error is a terminal
   */
  public Progress(CommandEnvironment shell) {
    this.err = shell.err();
    this.shown = shell.errIsTerminal();
  }

  /**
   * Begins.
   *
   * @param name what is done
   * @param number how many steps there are
   */
  public void begin(String name, long number) {
    what = name;
    steps = Math.max(1, number);
    done = 0;
  }

  /** One step is done. */
  public void step() {
    done++;
    // Something that is over in one step needs no progress.
    if (shown && steps > 1) {
      err.print("\r" + what + ": " + Math.min(PERCENT, PERCENT * done / steps) + " %");
      err.flush();
    }
  }

  /** Takes the line away. */
  public void end() {
    if (shown && steps > 1) {
      err.print("\r" + " ".repeat(what.length() + ": 100 %".length()) + "\r");
      err.flush();
    }
  }
}

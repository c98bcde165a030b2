package dev.chatgate.cli.console;

import java.io.Console;
import java.util.Optional;

/** A terminal to prompt the operator on. */
public interface Terminal {

  /**
   * Prompts for a line.
   *
   * @param prompt the text before the cursor
   * @return the line; empty at the end of the input
   */
  String readLine(String prompt);

  /**
   * Prompts for a line that is not echoed.
   *
   * @param prompt the text before the cursor
   * @return the line; empty at the end of the input
   */
  String readSecret(String prompt);

  /** The terminal of this process, if both its input and its output are one. */
  static Optional<Terminal> ofThisProcess() {
    return Optional.ofNullable(System.console())
        .filter(Console::isTerminal)
        .map(ConsoleTerminal::new);
  }

  /**
   * A terminal over the JDK's console.
   *
   * @param console the console
   */
  record ConsoleTerminal(Console console) implements Terminal {
    @Override
    public String readLine(String prompt) {
      return Optional.ofNullable(console.readLine("%s", prompt)).orElse("");
    }

    @Override
    public String readSecret(String prompt) {
      return Optional.ofNullable(console.readPassword("%s", prompt))
          .map(String::valueOf)
          .orElse("");
    }
  }
}

package dev.chatgate.cli.shell;

import java.io.Console;
import java.util.Optional;

/** Somebody who can be asked. */
public interface Terminal {

  /**
   * Asks for a line.
   *
   * @param question what is shown
   * @return what was typed; empty at the end of the input
   */
  String line(String question);

  /**
   * Asks for something that is not shown while it is typed.
   *
   * @param question what is shown
   * @return what was typed; empty at the end of the input
   */
  String secret(String question);

  /** The terminal of this process, if both its input and its output are one. */
  static Optional<Terminal> ofThisProcess() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).map(OfConsole::new);
  }

  /**
   * A terminal as the JDK knows it.
   *
   * @param console it
   */
  record OfConsole(Console console) implements Terminal {
    @Override
    public String line(String question) {
      return Optional.ofNullable(console.readLine("%s", question)).orElse("");
    }

    @Override
    public String secret(String question) {
      return Optional.ofNullable(console.readPassword("%s", question))
          .map(String::valueOf)
          .orElse("");
    }
  }
}

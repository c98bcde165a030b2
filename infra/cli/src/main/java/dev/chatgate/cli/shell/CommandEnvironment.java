package dev.chatgate.cli.shell;

import dev.chatgate.time.Pause;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What is around a command.
 *
 * @param environment the variables
 * @param in standard input
 * @param inIsTerminal whether that is a terminal
 * @param out standard output: answers, nothing else
 * @param err standard error: failures, questions, progress, remarks
 * @param errIsTerminal whether that is a terminal
 * @param terminal somebody who can be asked, if there is
 * @param clock the present
 * @param random keys and jitter
 * @param pause waits
 */
public record CommandEnvironment(
    Map<String, String> environment,
    InputStream in,
    boolean inIsTerminal,
    PrintWriter out,
    PrintWriter err,
    boolean errIsTerminal,
    Supplier<Optional<Terminal>> terminal,
    InstantSource clock,
    RandomGenerator random,
    Pause pause) {
  private static final int MOST_INPUT = 16 << 20;

  /** A variable's value, if it is set to something. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  /** The present UTC day. */
  public LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  /**
   * Goes on only if the operator wants it.
   *
   * @param yes whether the line says so already
   * @param question what is asked if not
   * @throws RefusedException if the answer is not yes, or there is nobody to ask
   */
  public void confirm(boolean yes, String question) {
    if (yes) {
      return;
    }
    var asked =
        terminal
            .get()
            .orElseThrow(() ->
                RefusedException.cannotRun(
                    question + " There is no terminal to ask at: say --yes if you mean it."));
    var answer = asked.line(question + " [y/N] ").strip();
    if (!answer.equalsIgnoreCase("y") && !answer.equalsIgnoreCase("yes")) {
      throw RefusedException.no("Nothing was changed.");
    }
  }

  /**
   * Reads all of standard input as UTF-8.
   *
   * @throws RefusedException if it cannot be read, or is longer than 16 MiB
   */
  public String readInput() {
    try {
      var bytes = in.readNBytes(MOST_INPUT + 1);
      if (bytes.length > MOST_INPUT) {
        throw RefusedException.cannotRun("The input is longer than 16 MiB.");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw RefusedException.cannotRun("Standard input cannot be read.");
    }
  }

  /**
   * Reads a file.
   *
   * @param file its name, or {@code -} for standard input
   * @throws RefusedException if it cannot be read
   */
  public String readFile(String file) {
    if (file.equals("-")) {
      return readInput();
    }
    try {
      return Files.readString(Path.of(file));
    } catch (IOException | InvalidPathException e) {
      throw RefusedException.cannotRun("The file " + file + " is not readable text.");
    }
  }
}

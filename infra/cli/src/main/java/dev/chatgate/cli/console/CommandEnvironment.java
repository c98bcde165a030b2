package dev.chatgate.cli.console;

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
 * Everything that a command uses of its process: environment variables, streams, terminal, clock
 * and randomness. Tests replace it.
 *
 * @param variables the environment variables
 * @param in standard input
 * @param inIsTerminal whether standard input is a terminal
 * @param out standard output, for results only
 * @param err standard error, for errors, prompts and progress
 * @param errIsTerminal whether standard error is a terminal
 * @param terminal the terminal to prompt on, if there is one
 * @param clock the current time
 * @param random source of tenant keys and of retry jitter
 * @param pause sleeps between retries and between polls
 */
public record CommandEnvironment(
    Map<String, String> variables,
    InputStream in,
    boolean inIsTerminal,
    PrintWriter out,
    PrintWriter err,
    boolean errIsTerminal,
    Supplier<Optional<Terminal>> terminal,
    InstantSource clock,
    RandomGenerator random,
    Pause pause) {
  private static final int MAX_INPUT_BYTES = 16 << 20;

  /** The value of an environment variable; absent if it is unset or blank. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
  }

  /** The current UTC day. */
  public LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  /**
   * Asks for confirmation and returns if it is given.
   *
   * @param yes whether the command line has {@code --yes}; then nothing is asked
   * @param question the question, without {@code [y/N]}
   * @throws CommandException if the answer is not yes, or there is no terminal to prompt on
   */
  public void confirm(boolean yes, String question) {
    if (yes) {
      return;
    }
    var prompt =
        terminal
            .get()
            .orElseThrow(() ->
                CommandException.error(
                    question + " There is no terminal to prompt on; use --yes to confirm."));
    var answer = prompt.readLine(question + " [y/N] ").strip();
    if (!answer.equalsIgnoreCase("y") && !answer.equalsIgnoreCase("yes")) {
      throw CommandException.negative("Cancelled. Nothing was changed.");
    }
  }

  /**
   * Reads all of standard input as UTF-8.
   *
   * @throws CommandException if it cannot be read, or is longer than 16 MiB
   */
  public String readInput() {
    try {
      var bytes = in.readNBytes(MAX_INPUT_BYTES + 1);
      if (bytes.length > MAX_INPUT_BYTES) {
        throw CommandException.error("Standard input is longer than 16 MiB.");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw CommandException.error("Cannot read standard input.");
    }
  }

  /**
   * Reads a file as UTF-8.
   *
   * @param file the file's path, or {@code -} for standard input
   * @throws CommandException if it cannot be read
   */
  public String readFile(String file) {
    if (file.equals("-")) {
      return readInput();
    }
    try {
      return Files.readString(Path.of(file));
    } catch (IOException | InvalidPathException e) {
      throw CommandException.error("Cannot read file " + file + " as UTF-8 text.");
    }
  }
}

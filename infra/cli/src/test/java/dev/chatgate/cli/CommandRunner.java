package dev.chatgate.cli;

import dev.chatgate.aws.dynamodb.LocalDynamoDb;
import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.ResultStream;
import dev.chatgate.cli.console.Terminal;
import dev.chatgate.time.Pause;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine;

/** Runs commands in this process with a given environment, input, clock and terminal. */
final class CommandRunner {
  private static final AtomicInteger INSTANCES = new AtomicInteger();

  private final Map<String, String> variables = new HashMap<>();
  private Random random = new Random(INSTANCES.incrementAndGet());
  private final List<String> answers = new ArrayList<>();
  private InstantSource clock = InstantSource.system();
  private Pause pause = Pause.SLEEP;
  private String input = "";
  private boolean inIsTerminal;
  private boolean errIsTerminal;

  /**
   * The result of a command.
   *
   * @param exitCode the exit code
   * @param out standard output
   * @param err standard error
   */
  record Result(int exitCode, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  /** A runner whose {@code --local} is a DynamoDB of this process. */
  static CommandRunner of(LocalDynamoDb local) {
    return new CommandRunner()
        .with("CHATGATE_AWS_PORT", Integer.toString(local.endpoint().getPort()));
  }

  CommandRunner with(String variable, String value) {
    variables.put(variable, value);
    return this;
  }

  CommandRunner at(InstantSource now) {
    clock = now;
    return this;
  }

  /** Makes generated keys repeatable. */
  CommandRunner seeded(long seed) {
    random = new Random(seed);
    return this;
  }

  CommandRunner pausing(Pause how) {
    pause = how;
    return this;
  }

  /** Sets standard input of the next command. */
  CommandRunner piping(String text) {
    input = text;
    inIsTerminal = false;
    return this;
  }

  /** From now on there is a terminal, and these lines are typed at its prompts. */
  CommandRunner typing(String... lines) {
    inIsTerminal = true;
    answers.addAll(List.of(lines));
    return this;
  }

  /** From now on standard error is a terminal. */
  CommandRunner watching() {
    errIsTerminal = true;
    return this;
  }

  /** Runs one command. */
  Result run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int exitCode =
        RecordedCalls.during(
            String.join(" ", arguments), () -> commandLine(out, err).execute(arguments));
    input = "";
    return new Result(exitCode, out.toString(), err.toString());
  }

  /** Runs one command as the process does, with this standard output. */
  Result runInto(OutputStream out, String... arguments) {
    var err = new StringWriter();
    var results = new ResultStream(out);
    var writer = new PrintWriter(results, true, StandardCharsets.UTF_8);
    int exitCode = Chatgate.run(environment(writer, err), results, arguments);
    return new Result(exitCode, "", err.toString());
  }

  /** The command line with its output in these writers. */
  CommandLine commandLine(StringWriter out, StringWriter err) {
    return Chatgate.commandLine(environment(new PrintWriter(out, true), err));
  }

  private CommandEnvironment environment(PrintWriter out, StringWriter err) {
    return new CommandEnvironment(
        variables,
        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
        inIsTerminal,
        out,
        new PrintWriter(err, true),
        errIsTerminal,
        () -> inIsTerminal ? Optional.of(new ScriptedTerminal(err)) : Optional.empty(),
        clock,
        random,
        duration -> RecordedCalls.outside(() -> pause.pause(duration)));
  }

  /** A terminal with scripted answers. Prompts and echoed answers go to standard error. */
  private final class ScriptedTerminal implements Terminal {
    private final StringWriter screen;

    ScriptedTerminal(StringWriter screen) {
      this.screen = screen;
    }

    @Override
    public String readLine(String prompt) {
      var answer = answers.isEmpty() ? "" : answers.removeFirst();
      screen.append(prompt).append(answer).append('\n');
      return answer;
    }

    @Override
    public String readSecret(String prompt) {
      screen.append(prompt).append('\n');
      return answers.isEmpty() ? "" : answers.removeFirst();
    }
  }
}

package dev.chatgate.cli;

import dev.chatgate.aws.dynamodb.LocalDynamoDb;
import dev.chatgate.cli.shell.CommandEnvironment;
import dev.chatgate.cli.shell.Terminal;
import dev.chatgate.time.Pause;
import java.io.ByteArrayInputStream;
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

/** Somebody who types lines, and what is around them. */
final class Operator {
  private static final AtomicInteger OPERATORS = new AtomicInteger();

  private final Map<String, String> environment = new HashMap<>();
  private Random random = new Random(OPERATORS.incrementAndGet());
  private final List<String> answers = new ArrayList<>();
  private InstantSource clock = InstantSource.system();
  private Pause pause = Pause.SLEEP;
  private String input = "";
  private boolean inIsTerminal;
  private boolean errIsTerminal;

  /**
   * What came of a line.
   *
   * @param exitCode what it ended with
   * @param out standard output
   * @param err standard error
   */
  record Result(int exitCode, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  /** Whoever works on a DynamoDB of this process, as with {@code --local}. */
  static Operator of(LocalDynamoDb local) {
    return new Operator().with("CHATGATE_AWS_PORT", Integer.toString(local.endpoint().getPort()));
  }

  Operator with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  Operator at(InstantSource now) {
    clock = now;
    return this;
  }

  /** Keys come in the same order whenever this is said. */
  Operator seeded(long seed) {
    random = new Random(seed);
    return this;
  }

  Operator pausing(Pause how) {
    pause = how;
    return this;
  }

  /** The next line finds this on standard input. */
  Operator piping(String text) {
    input = text;
    inIsTerminal = false;
    return this;
  }

  /** From now on there is a terminal, at which these are typed. */
  Operator typing(String... lines) {
    inIsTerminal = true;
    answers.addAll(List.of(lines));
    return this;
  }

  /** From now on standard error is a terminal. */
  Operator watching() {
    errIsTerminal = true;
    return this;
  }

  Result run(String... line) {
    var out = new StringWriter();
    var err = new StringWriter();
    var shell =
        new CommandEnvironment(
            environment,
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            inIsTerminal,
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            errIsTerminal,
            () -> inIsTerminal ? Optional.of(new Typist(err)) : Optional.empty(),
            clock,
            random,
            pause);
    input = "";
    int exitCode = Chatgate.commandLine(shell).execute(line);
    return new Result(exitCode, out.toString(), err.toString());
  }

  /** Answers questions; what is shown of them goes where a terminal would show it. */
  private final class Typist implements Terminal {
    private final StringWriter screen;

    Typist(StringWriter screen) {
      this.screen = screen;
    }

    @Override
    public String line(String question) {
      var answer = answers.isEmpty() ? "" : answers.removeFirst();
      screen.append(question).append(answer).append('\n');
      return answer;
    }

    @Override
    public String secret(String question) {
      screen.append(question).append('\n');
      return answers.isEmpty() ? "" : answers.removeFirst();
    }
  }
}

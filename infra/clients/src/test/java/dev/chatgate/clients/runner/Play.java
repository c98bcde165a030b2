package dev.chatgate.clients.runner;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Runs a scenario with a library and determines the text of its cell. */
final class Play {
  private static final long SHORTEST_WAIT_MILLIS = 1500;
  private static final long MAX_LEAVE_MILLIS = 1000;

  private final Client client;
  private final HttpClient http = HttpClient.newHttpClient();

  Play(Client client) {
    this.client = client;
  }

  /** A way to make a call. */
  @FunctionalInterface
  private interface Way {
    Optional<Answer> make(Call call) throws Exception;
  }

  /**
   * Runs the scenario and returns the text of the cell.
   *
   * @throws AssertionError if the result cannot be expressed in a cell
   */
  String cell(Scenario scenario) throws Exception {
    return switch (scenario) {
      case Scenario.Answers answers -> answers(answers);
      case Scenario.Fails fails -> fails(fails);
      case Scenario.Breaks breaks -> breaks(breaks);
      case Scenario.Left left -> left(left);
      case Scenario.Repeated repeated -> repeated(repeated);
    };
  }

  private String answers(Scenario.Answers scenario) {
    if (!scenario.streamed()) {
      return read(client::plain, scenario);
    }
    String raw = read(client::stream, scenario);
    String helped = read(client::helper, scenario);
    return raw.equals(helped) ? raw : raw + "; *helper* " + helped;
  }

  private String read(Way way, Scenario.Answers scenario) {
    long began = System.nanoTime();
    Optional<Answer> answer;
    try {
      answer = way.make(scenario.call());
    } catch (Exception e) {
      return "throws " + client.shown(e).name();
    }
    long took = millisSince(began);
    check(took <= scenario.mostMillis(), "it took " + took + " ms");
    return answer.map(got -> judge(got.parts(), scenario)).orElse("–");
  }

  private String judge(Map<String, Object> got, Scenario.Answers scenario) {
    if (scenario.streamed() && !scenario.call().usage() && !client.alwaysAsksForUsage()) {
      check(!got.containsKey(Answer.USAGE), "usage that was not requested");
    }
    for (var part : scenario.parts().entrySet()) {
      if (!part.getValue().equals(got.get(part.getKey()))) {
        System.err.println(part + " was sent, but got " + got);
        return "loses " + part.getKey();
      }
    }
    return "ok";
  }

  private String fails(Scenario.Fails scenario) {
    Way way = scenario.streamed() ? client::stream : client::plain;
    if (scenario.twice()) {
      var _ = failure(way, scenario.call());
    }
    Throwable error =
        failure(way, scenario.call()).orElseThrow(() -> new AssertionError("no error"));
    Shown shown = client.shown(error);
    check(
        shown.name().equals(client.errorName(scenario.status())),
        shown.name() + " for " + scenario.status());
    List<String> hidden = hidden(shown, scenario);
    return shown.name() + (hidden.isEmpty() ? "" : "; no " + String.join(", ", hidden));
  }

  private static List<String> hidden(Shown shown, Scenario.Fails scenario) {
    var hidden = new ArrayList<String>();
    want(hidden, "status", shown.status() == scenario.status());
    want(hidden, "code", shown.code().equals(Optional.of(scenario.code())));
    want(hidden, "param", scenario.param().isEmpty() || shown.param().equals(scenario.param()));
    want(hidden, "request id", shown.requestId().filter(id -> id.length() > 11).isPresent());
    want(hidden, "message", shown.message().length() > 15);
    want(hidden, "retry-after", !scenario.retryAfter() || shown.retryAfter().isPresent());
    return hidden;
  }

  private static void want(List<String> hidden, String what, boolean there) {
    if (!there) {
      hidden.add(what);
    }
  }

  private static Optional<Throwable> failure(Way way, Call call) {
    try {
      var _ = way.make(call);
      return Optional.empty();
    } catch (Exception e) {
      return Optional.of(e);
    }
  }

  private String breaks(Scenario.Breaks scenario) {
    var text = new StringBuilder();
    Throwable error =
        failure(client::stream, scenario.call().telling(text::append))
            .orElseThrow(() -> new AssertionError("no error"));
    check(text.toString().equals(Scenarios.text()), "text before the error: " + text);
    Shown shown = client.shown(error);
    boolean coded = shown.code().equals(Optional.of(scenario.code()));
    return shown.name() + (coded ? "" : "; no code");
  }

  private String left(Scenario.Left scenario) {
    var leftAt = new AtomicLong();
    Optional<Throwable> error =
        failure(
            client::stream,
            scenario.call().leaving().telling(text -> leftAt.compareAndSet(0, System.nanoTime())));
    check(leftAt.get() != 0, "no text came");
    long took = millisSince(leftAt.get());
    check(took < MAX_LEAVE_MILLIS, "it took " + took + " ms to return");
    return error.map(thrown -> "ok, throws " + client.shown(thrown).name()).orElse("ok");
  }

  private String repeated(Scenario.Repeated scenario) throws Exception {
    if (scenario.before().isPresent()) {
      var _ = client.plain(scenario.before().get());
    }
    long before = calls(scenario.call().key());
    long began = System.nanoTime();
    Optional<Throwable> error = failure(client::plain, scenario.call());
    long took = millisSince(began);
    long made = calls(scenario.call().key()) - before;
    String cell = made == 1 ? "1 call" : made + " calls";
    if (!scenario.waits()) {
      return cell;
    }
    return error
        .map(thrown -> cell + ", gives up with " + client.shown(thrown).name())
        .orElse(cell + (took >= SHORTEST_WAIT_MILLIS ? ", waits as told" : ", does not wait"));
  }

  private long calls(String key) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(Variables.CALLS_URL + "/" + key)).build();
    return Long.parseLong(http.send(request, BodyHandlers.ofString()).body());
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}

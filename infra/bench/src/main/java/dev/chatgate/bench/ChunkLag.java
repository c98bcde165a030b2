package dev.chatgate.bench;

import dev.chatgate.local.LocalSettings;
import dev.chatgate.local.LocalStack;
import dev.chatgate.local.upstream.Pacing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How much later a chunk reaches the client because the gateway is between: the same client reads
 * the same provider directly and through the streaming door, in turns.
 */
final class ChunkLag implements Measurement {
  private static final Duration PACE = Duration.ofMillis(50);
  private static final Duration WARM_UP_PACE = Duration.ofMillis(2);
  private static final int CHUNKS = 40;
  private static final int WARM_UP_CHUNKS = 250;
  private static final int WARM_UPS = 4;
  private static final int ROUNDS = 10;
  private static final Duration MOST_MEDIAN = Duration.ofMillis(5);
  private static final double MICROS_IN_MILLI = 1e3;
  private static final double[] PERCENTILES = {50, 90, 99, 100};

  /** Streams of one way, each a list of lags in microseconds. */
  private record Way(String name, ChatClient client, List<List<Long>> streams) {
    Way(String name, ChatClient client) {
      this(name, client, new ArrayList<>());
    }

    Distribution lags() {
      return new Distribution(streams.stream().flatMap(List::stream).toList());
    }
  }

  @Override
  public Result run(Path root, RunLog log) throws IOException {
    try (var provider = new PacedProvider();
        var stack = LocalStack.start(settings(provider), root, Pacing.NONE, log::function)) {
      stack.awaitReady();
      var direct = new Way("direct", new ChatClient(provider.baseUrl(), "any"));
      var door = stack.streamUrl() + "/openai/v1";
      var gateway = new Way("gateway", new ChatClient(door, "cg_demo"));
      measure(provider, direct, gateway, log);
      return result(direct, gateway);
    }
  }

  private static LocalSettings settings(PacedProvider provider) {
    return LocalSettings.from(
        Map.of(
            "CHATGATE_API_PORT", "0",
            "CHATGATE_STREAM_PORT", "0",
            "CHATGATE_AWS_PORT", "0",
            "CHATGATE_RECONCILE_SECONDS", "0",
            "UPSTREAM_BASE_URL", provider.baseUrl(),
            "UPSTREAM_API_KEY", "any"));
  }

  private static void measure(PacedProvider provider, Way direct, Way gateway, RunLog log)
      throws IOException {
    for (int i = 0; i < WARM_UPS; i++) {
      stream(provider, direct.client(), WARM_UP_PACE, WARM_UP_CHUNKS);
      stream(provider, gateway.client(), WARM_UP_PACE, WARM_UP_CHUNKS);
    }
    for (int round = 1; round <= ROUNDS; round++) {
      // Whoever goes first in a round goes second in the next.
      for (Way way : round % 2 == 0 ? List.of(direct, gateway) : List.of(gateway, direct)) {
        way.streams().add(stream(provider, way.client(), PACE, CHUNKS));
      }
      log.say("round " + round + " of " + ROUNDS);
    }
  }

  private static List<Long> stream(
      PacedProvider provider, ChatClient client, Duration pace, int chunks) throws IOException {
    var arrivals =
        client.post(
            PacedProvider.request(pace, chunks),
            (status, _, body) -> {
              if (status != 200) {
                throw new IOException("status " + status);
              }
              return StreamReader.read(body);
            });
    if (arrivals.size() != chunks) {
      throw new IOException(arrivals.size() + " chunks came of " + chunks);
    }
    var lags = new ArrayList<Long>();
    arrivals.forEach((number, at) -> lags.add((at - provider.writtenAt(number)) / 1_000));
    return lags;
  }

  private static Result result(Way direct, Way gateway) {
    var before = direct.lags();
    var after = gateway.lags();
    boolean held = after.median() < MOST_MEDIAN.toNanos() / 1_000;
    var summary =
        """
        A chunk that the provider writes at time t reaches the client of the streaming door within \
        %d ms (median), while the next is %d ms away: **%s**.

        Lag from the provider's write to the client's read, %d chunks each way in %d interleaved \
        rounds, in ms; "added" is the difference of the two, "ratio" their quotient:

        %s\
        """
            .formatted(
                MOST_MEDIAN.toMillis(),
                PACE.toMillis(),
                held ? "held" : "NOT held",
                after.size(),
                ROUNDS,
                table(before, after));
    return new Result(held, summary, raw(direct) + raw(gateway));
  }

  private static String table(Distribution before, Distribution after) {
    var rows = new ArrayList<List<String>>();
    for (double percent : PERCENTILES) {
      double direct = before.percentile(percent) / MICROS_IN_MILLI;
      double gateway = after.percentile(percent) / MICROS_IN_MILLI;
      rows.add(
          List.of(
              percent == 50 ? "median" : percent == 100 ? "most" : "p" + (int) percent,
              millis(direct),
              millis(gateway),
              millis(gateway - direct),
              String.format(Locale.ROOT, "%.1f", gateway / direct)));
    }
    return Markdown.table(List.of("", "direct", "gateway", "added", "ratio"), rows);
  }

  private static String millis(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String raw(Way way) {
    var lines = new StringBuilder();
    for (int i = 0; i < way.streams().size(); i++) {
      lines.append(way.name()).append(' ').append(i + 1).append(", us:");
      way.streams().get(i).forEach(lag -> lines.append(' ').append(lag));
      lines.append('\n');
    }
    return lines.toString();
  }

  @Override
  public String toString() {
    return "what the gateway adds to the time that a chunk takes to the client";
  }
}

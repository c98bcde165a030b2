package dev.chatgate.bench.figures;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.chatgate.bench.report.Distribution;
import dev.chatgate.bench.report.Markdown;
import dev.chatgate.bench.report.Measurement;
import dev.chatgate.bench.report.Result;
import dev.chatgate.bench.report.RunLog;
import dev.chatgate.local.template.SamTemplate;
import dev.chatgate.testkit.FakeBackends;
import dev.chatgate.testkit.RuntimeApiServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * What the first calls of the streaming door cost after a restore, after different numbers of
 * warm-up rounds, at the processor share of the template's memory, with the store and the provider
 * behind TLS. Needs CRIU. The system property {@code bench.rounds} names other numbers, separated
 * by commas.
 */
public final class WarmUpRounds implements Measurement {
  private static final String ROUNDS = "0,2,20,200,6000";
  private static final int RESTORES = 5;
  private static final int CALLS = 200;
  private static final String SHORT_STREAM = "stream-20-0";
  private static final String PASSWORD = "changeit";
  private static final double NANOS_IN_MILLI = 1e6;

  private final List<List<String>> rows = new ArrayList<>();
  private final StringBuilder raw = new StringBuilder();

  @Override
  public String what() {
    return "first calls after a restore by rounds of the warm-up, with TLS; needs CRIU";
  }

  @Override
  public Result run(Path root, RunLog log) throws Exception {
    var work = root.resolve(Path.of("infra", "bench", "target", "frozen", "rounds"));
    Restores.empty(work);
    var keys = keyStore(work);
    int megabytes =
        SamTemplate.read(root.resolve("template.yaml"), Map.of())
            .function(MeasuredDoor.STREAM.logicalId())
            .orElseThrow()
            .memoryMegabytes();
    try (var backends = FakeBackends.overTls(tls(keys).getServerSocketFactory());
        var group = ControlGroup.ofMemorySize(megabytes)) {
      for (var rounds : Numbers.of("bench.rounds", ROUNDS)) {
        log.say(rounds + " rounds");
        var folder = work.resolve(rounds);
        Restores.empty(folder);
        rows.add(row(root, rounds, backends, group, variables(rounds, keys), folder));
      }
    }
    return new Result(
        true,
        """
        %,d MB, %d restores for each kind of first call, medians. Store and provider are called by TLS. A \
        first call is from its event to its last byte; the fakes' own time is in it. The calls after it are \
        plain, in one copy.

        %s\
        """
            .formatted(
                megabytes,
                RESTORES,
                Markdown.table(
                    List.of(
                        "rounds",
                        "ready for the snapshot, s",
                        "processor time until then, s",
                        "first call, plain, ms",
                        "first call, streamed, ms",
                        "calls 2 to 20, p50, ms",
                        "calls 21 to 200, p50 / p99, ms",
                        "image, MB"),
                    rows)),
        raw.toString());
  }

  private static Map<String, String> variables(String rounds, Path keys) {
    var variables = MeasuredFunction.SNAPSHOT;
    for (var option :
        List.of(
            ControlGroup.JVM_OPTION,
            System.getProperty("bench.jvm", ""),
            "-Dchatgate.warmup.rounds=" + rounds,
            "-Djavax.net.ssl.trustStore=" + keys,
            "-Djavax.net.ssl.trustStorePassword=" + PASSWORD)) {
      variables = MeasuredFunction.with(variables, option);
    }
    return variables;
  }

  private List<String> row(
      Path root,
      String rounds,
      FakeBackends backends,
      ControlGroup group,
      Map<String, String> variables,
      Path folder)
      throws Exception {
    var api = new RuntimeApiServer(1, true);
    var launch =
        MeasuredFunction.launch(
            root, MeasuredDoor.STREAM, backends, variables, api.address(), Optional.of(group));
    long began = System.nanoTime();
    try (var frozen = FrozenProcess.freeze(launch, api, folder, Optional.of(group))) {
      double ready = (frozen.frozenAt() - began) / 1e9;
      var plain = new ArrayList<Long>();
      var streamed = new ArrayList<Long>();
      for (int i = 0; i < RESTORES; i++) {
        plain.add(frozen.first(FakeBackends.PLAIN_MODEL).call().toNanos());
        streamed.add(frozen.first(SHORT_STREAM).call().toNanos());
      }
      var calls = frozen.calls(CALLS).stream().map(Duration::toNanos).toList();
      note(rounds, "first calls, plain", plain);
      note(rounds, "first calls, streamed", streamed);
      note(rounds, "calls of a copy", calls);
      return List.of(
          rounds,
          fine(ready),
          fine(frozen.processorSeconds()),
          millis(plain, 50),
          millis(streamed, 50),
          millis(calls.subList(1, 20), 50),
          millis(calls.subList(20, CALLS), 50) + " / " + millis(calls.subList(20, CALLS), 99),
          Long.toString(frozen.bytes() / 1_000_000));
    }
  }

  private void note(String rounds, String what, List<Long> nanos) {
    raw.append("%s rounds, %s, us:".formatted(rounds, what));
    nanos.forEach(value -> raw.append(' ').append(value / 1_000));
    raw.append('\n');
  }

  private static String millis(List<Long> nanos, double percent) {
    return fine(new Distribution(nanos).percentile(percent) / NANOS_IN_MILLI);
  }

  private static String fine(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
  }

  /** A key store with a certificate of its own for {@code localhost}, made by the JDK's keytool. */
  private static Path keyStore(Path folder) throws IOException, InterruptedException {
    var file = folder.resolve("keys.p12").toAbsolutePath();
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var command = new ArrayList<>(List.of(keytool, "-genkeypair", "-alias", "localhost"));
    command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=localhost"));
    command.addAll(List.of("-ext", "san=dns:localhost", "-validity", "2", "-storetype", "PKCS12"));
    command.addAll(List.of("-keystore", file.toString(), "-storepass", PASSWORD));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("keytool failed: " + output);
    }
    return file;
  }

  private static SSLContext tls(Path keys) throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD.toCharArray());
    }
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, PASSWORD.toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }
}

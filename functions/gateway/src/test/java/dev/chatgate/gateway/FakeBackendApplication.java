package dev.chatgate.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.chatgate.aws.client.AwsClients;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.gateway.log.CallLog;
import dev.chatgate.gateway.settings.Settings;
import dev.chatgate.gateway.wiring.AwsClientsFuture;
import dev.chatgate.gateway.wiring.GatewayFactory;
import dev.chatgate.provider.ProviderSettings;
import dev.chatgate.telemetry.MetricSource;
import dev.chatgate.warmup.fake.FakeBackend;
import dev.chatgate.warmup.fake.FakeResponses;
import io.micronaut.context.BeanContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;

/** The complete application with the warm-up's fake backend, without TLS. */
public final class FakeBackendApplication implements AutoCloseable {
  private static final Duration TIME = Duration.ofMinutes(1);
  private static final String CREDENTIALS = "aws.containerCredentialsFullUri";

  private final FakeBackend standIn;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final BeanContext context;

  /**
   * Starts the application.
   *
   * @param around wraps the usual answers, to change some
   */
  public FakeBackendApplication(UnaryOperator<FakeBackend.Script> around)
      throws IOException, GeneralSecurityException {
    this(around, false);
  }

  /**
   * Starts the application.
   *
   * @param around wraps the usual answers, to change some
   * @param edgeSecret whether every request must have the secret of a CDN
   */
  public FakeBackendApplication(UnaryOperator<FakeBackend.Script> around, boolean edgeSecret)
      throws IOException, GeneralSecurityException {
    var clock = InstantSource.system();
    standIn = new FakeBackend(around.apply(new FakeResponses(clock)), clock);
    var address = standIn.address(false);
    System.setProperty(CREDENTIALS, standIn.credentials().toString());
    var aws = AwsClients.ofStandIn(address, standIn.trust());
    var lines = new PrintStream(log, true, UTF_8);
    context =
        GatewayFactory.start(
            settings(address, edgeSecret),
            AwsClientsFuture.completed(aws),
            new CallLog(lines, clock, new MetricSource("f", false)));
  }

  public BeanContext context() {
    return context;
  }

  public RequestPipeline gateway() {
    return context.getBean(RequestPipeline.class);
  }

  /** The log lines of the calls. */
  String log() {
    return log.toString(UTF_8);
  }

  private static Settings settings(URI address, boolean edgeSecret) {
    return new Settings(
        new Tables("tenants", "quota", "usage"),
        FakeResponses.PROVIDER_SECRET,
        FakeResponses.SIGNING_SECRET,
        List.of("*"),
        TIME,
        TIME,
        1 << 22,
        256,
        429,
        false,
        false,
        edgeSecret,
        false,
        true,
        false,
        new ProviderSettings(address.resolve("/openai/v1"), TIME, TIME, TIME, 0));
  }

  @Override
  public void close() throws IOException {
    System.clearProperty(CREDENTIALS);
    context.close();
    standIn.close();
  }
}

package dev.chatgate.provider;

import dev.chatgate.provider.call.ProviderClient;
import dev.chatgate.provider.redaction.KnownKeys;
import dev.chatgate.secret.ProviderKey;
import dev.chatgate.secret.ProviderKeys;
import dev.chatgate.testkit.ScriptedProvider;
import dev.chatgate.testkit.TestIdentity;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import org.apache.hc.core5.ssl.SSLContexts;

/** A provider client before a scripted provider, with small limits where a test wants them. */
public final class ClientHarness implements AutoCloseable {
  public static final ProviderKey KEY = new ProviderKey("sk-provider-secret");

  public final ScriptedProvider provider;
  public final ProviderClient client;
  public final RecordingSink sink = new RecordingSink();

  public ClientHarness(ScriptedProvider.Script... scripts) {
    this(limits(5000, 20_000, 20_000, 2), fixed(KEY), scripts);
  }

  public ClientHarness(Limits limits, ProviderKeys keys, ScriptedProvider.Script... scripts) {
    provider = new ScriptedProvider(scripts);
    client = client(provider.url(), limits, keys);
  }

  /** Before a provider that a test has made, over TLS if it is one. */
  public ClientHarness(Limits limits, ScriptedProvider provider) {
    this.provider = provider;
    this.client = client(provider.url(), limits, fixed(KEY));
  }

  /** Trusts the certificate of {@link TestIdentity}, asked for with the first request over TLS. */
  public static ProviderClient client(URI url, Limits limits, ProviderKeys keys) {
    var settings =
        new ProviderSettings(url, limits.connect, limits.firstByte, limits.idle, limits.retries);
    return new ProviderClient(
        settings,
        keys,
        InstantSource.system(),
        new Random(1),
        Calls.COUNTERS,
        "https".equals(url.getScheme()) ? TestIdentity::context : SSLContexts::createDefault);
  }

  /** The key as the client knows it once it has used it. */
  public static KnownKeys known() {
    var known = new KnownKeys();
    known.add(KEY);
    return known;
  }

  public record Limits(Duration connect, Duration firstByte, Duration idle, int retries) {}

  public static Limits limits(
      long connectMillis, long firstByteMillis, long idleMillis, int retries) {
    return new Limits(
        Duration.ofMillis(connectMillis),
        Duration.ofMillis(firstByteMillis),
        Duration.ofMillis(idleMillis),
        retries);
  }

  public static ProviderKeys fixed(ProviderKey key) {
    return new ProviderKeys() {
      @Override
      public ProviderKey current() {
        return key;
      }

      @Override
      public ProviderKey replacing(ProviderKey refused) {
        return key;
      }
    };
  }

  public ProviderOutcome call(String body) {
    return client.call(Calls.of(body), sink).outcome();
  }

  public ProviderOutcome call(ProviderCall call) {
    return client.call(call, sink).outcome();
  }

  @Override
  public void close() {
    client.close();
    provider.close();
  }
}

package dev.chatgate.openai.provider;

import dev.chatgate.provider.ProviderKey;
import dev.chatgate.provider.ProviderKeys;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import org.apache.hc.core5.ssl.SSLContexts;

/** A provider client before a scripted provider, with small limits where a test wants them. */
final class ClientHarness implements AutoCloseable {
  static final ProviderKey KEY = new ProviderKey("sk-provider-secret");

  final ScriptedProvider provider;
  final ProviderClient client;
  final RecordingSink sink = new RecordingSink();

  ClientHarness(ScriptedProvider.Script... scripts) {
    this(limits(5000, 20_000, 20_000, 2), fixed(KEY), scripts);
  }

  ClientHarness(Limits limits, ProviderKeys keys, ScriptedProvider.Script... scripts) {
    provider = new ScriptedProvider(scripts);
    client = client(provider.url(), limits, keys);
  }

  /** Before a provider that a test has made, over TLS if it is one. */
  ClientHarness(Limits limits, ScriptedProvider provider) {
    this.provider = provider;
    this.client = client(provider.url(), limits, fixed(KEY));
  }

  /** Trusts the certificate of {@link TestIdentity}, asked for with the first request over TLS. */
  static ProviderClient client(URI url, Limits limits, ProviderKeys keys) {
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
  static KnownKeys known() {
    var known = new KnownKeys();
    known.add(KEY);
    return known;
  }

  record Limits(Duration connect, Duration firstByte, Duration idle, int retries) {}

  static Limits limits(long connectMillis, long firstByteMillis, long idleMillis, int retries) {
    return new Limits(
        Duration.ofMillis(connectMillis),
        Duration.ofMillis(firstByteMillis),
        Duration.ofMillis(idleMillis),
        retries);
  }

  static ProviderKeys fixed(ProviderKey key) {
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

  ProviderOutcome call(String body) {
    return client.call(Calls.of(body), sink);
  }

  ProviderOutcome call(ProviderCall call) {
    return client.call(call, sink);
  }

  @Override
  public void close() {
    client.close();
    provider.close();
  }
}

package dev.chatgate.provider.call;

import dev.chatgate.openai.json.JsonText;
import dev.chatgate.openai.tokens.TokenCounters;
import dev.chatgate.provider.AnswerSink;
import dev.chatgate.provider.ProviderCall;
import dev.chatgate.provider.ProviderResult;
import dev.chatgate.provider.ProviderSettings;
import dev.chatgate.provider.answer.DisconnectTolerantSink;
import dev.chatgate.provider.answer.StreamUsageSupport;
import dev.chatgate.provider.redaction.KnownKeys;
import dev.chatgate.provider.transport.ConnectionWarmUp;
import dev.chatgate.provider.transport.HttpTransport;
import dev.chatgate.provider.transport.ProviderAttempt;
import dev.chatgate.provider.transport.RequestHeaders;
import dev.chatgate.secret.ProviderKeyUnavailableException;
import dev.chatgate.secret.ProviderKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.ssl.SSLContexts;

/**
 * Calls the provider. One instance serves a whole process, many calls at once; the calling thread
 * waits, virtual or not.
 *
 * <p>Holds no connection before its first call, so that it may be made before a snapshot is taken.
 */
public final class ProviderClient implements AutoCloseable {
  private static final String MODELS = "/models";

  /** More models than any provider lists. */
  private static final int MAX_LIST_BYTES = 4 * 1024 * 1024;

  private final CallContext context;

  /**
   * @param keys where our key at the provider comes from
   * @param clock for deadlines and the provider's dates
   * @param jitter spreads repeats; seeded in this process, after a snapshot's restore
   * @param counters count what the provider did not
   */
  public ProviderClient(
      ProviderSettings settings,
      ProviderKeys keys,
      InstantSource clock,
      RandomGenerator jitter,
      TokenCounters counters) {
    this(settings, keys, clock, jitter, counters, SSLContexts::createDefault);
  }

  /**
   * As the other, for a provider with a certificate that the machine does not trust.
   *
   * @param tls whose certificates are trusted; asked for once, when the client is first needed
   */
  public ProviderClient(
      ProviderSettings settings,
      ProviderKeys keys,
      InstantSource clock,
      RandomGenerator jitter,
      TokenCounters counters,
      Supplier<SSLContext> tls) {
    this.context =
        new CallContext(
            settings,
            new HttpTransport(settings, tls),
            keys,
            clock,
            new RetryPolicy(settings.retries(), jitter),
            counters,
            new StreamUsageSupport(),
            new KnownKeys());
  }

  /**
   * Makes a call and passes a 200 on to the sink as it comes. Ends by the call's deadline, save for
   * the time that the sink itself takes. Never throws for what the provider or the tenant's
   * connection does.
   */
  public ProviderResult call(ProviderCall call, AnswerSink sink) {
    return call(call, ConnectionWarmUp.NOW, sink);
  }

  /** The same, over a connection that is being made ready. */
  public ProviderResult call(ProviderCall call, ConnectionWarmUp ready, AnswerSink sink) {
    return new ProviderCallExecution(context, call, ready, new DisconnectTolerantSink(sink)).run();
  }

  /**
   * Makes a connection ready in the background, while the caller waits for something else: one that
   * was not used lately is checked, and a missing one is made. The call gets a failure.
   */
  public ConnectionWarmUp makeReady() {
    return context.transport().makeReady();
  }

  /**
   * The body of the provider's list of models, if it answers 200 with JSON in time.
   *
   * @param atMost most that it may take
   */
  public Optional<byte[]> models(Duration atMost) {
    var request = new HttpGet(context.settings().url(MODELS));
    try {
      var key = context.keys().current();
      context.known().add(key);
      RequestHeaders.common(request, key);
      request.setHeader("accept", RequestHeaders.JSON);
      return list(new ProviderAttempt(context.transport(), request, atMost));
    } catch (IOException | ProviderKeyUnavailableException e) {
      return Optional.empty();
    }
  }

  private Optional<byte[]> list(ProviderAttempt exchange) throws IOException {
    try (exchange) {
      exchange.open(ConnectionWarmUp.NOW, context.settings().connect(), Optional.empty());
      if (exchange.status() != 200) {
        return Optional.empty();
      }
      var body = exchange.readBody(MAX_LIST_BYTES);
      return body.isWhole() && isFit(body.bytes()) ? Optional.of(body.bytes()) : Optional.empty();
    }
  }

  /** Whether it is JSON and holds none of our keys. */
  private boolean isFit(byte[] body) {
    return JsonText.isJson(body, 0, body.length)
        && !context.known().search().finds(body, 0, body.length);
  }

  /**
   * Makes a connection where there is none, and waits for it.
   *
   * @throws UncheckedIOException if there is none in the time that connecting may take
   */
  public void connect() {
    try {
      makeReady().await(context.settings().connect());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes ready what a first call would make, but for a connection and a key. */
  public void prepare() {
    var _ = context.transport().client();
  }

  /** Closes every connection, before a snapshot is taken; the next call starts anew. */
  public void forgetConnections() {
    context.transport().forget();
  }

  @Override
  public void close() {
    context.transport().close();
  }
}

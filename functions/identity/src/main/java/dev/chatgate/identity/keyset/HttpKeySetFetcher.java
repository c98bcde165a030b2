package dev.chatgate.identity.keyset;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.chatgate.tenant.Issuer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.ssl.TLS;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.ssl.SSLContexts;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Fetches key sets over HTTPS. An issuer is not trusted beyond its own tokens: no address but one
 * of the public internet is connected to ({@link PublicAddress}), no redirect is followed, and time
 * and size are limited. A host's name is resolved once for each request, and only the addresses
 * that were checked are used.
 *
 * <p>A connection is made for each request and closed after it, so that a snapshot and a frozen
 * instance hold none.
 */
public final class HttpKeySetFetcher implements KeySetFetcher {
  /** Most that a fetch takes, the discovery document included. */
  public static final Duration MAX_TIME = Duration.ofSeconds(2);

  /** The largest answer that is read, in bytes. */
  public static final int MAX_BYTES = 256 * 1024;

  private static final String DISCOVERY = "/.well-known/openid-configuration";
  private static final String JSON_TYPE = "application/json";
  private static final Set<String> DOCUMENT_TYPES = Set.of(JSON_TYPE);
  private static final Set<String> SET_TYPES = Set.of(JSON_TYPE, "application/jwk-set+json");
  private static final JsonFactory JSON = new JsonFactory();

  private final boolean loopback;
  private final Names names;
  private final Predicate<InetAddress> isAllowed;
  private final Supplier<SSLContext> newTls;
  private final Timeout limit;
  private @Nullable SSLContext tls;

  /** Finds the addresses of a host. */
  @FunctionalInterface
  interface Names {
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  /** A host has no address that may be connected to. */
  private static final class RefusedAddressException extends UnknownHostException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Opens nothing.
   *
   * @param loopback whether {@code http} addresses are fetched too, from this machine alone; for
   *     development
   */
  public HttpKeySetFetcher(boolean loopback) {
    this(
        loopback,
        InetAddress::getAllByName,
        PublicAddress::isPublic,
        SSLContexts::createDefault,
        MAX_TIME);
  }

  /**
   * @param isAllowed which addresses https may connect to
   * @param newTls says which certificates are trusted; asked once, with the first fetch
   * @param maxTime most that a fetch takes
   */
  HttpKeySetFetcher(
      boolean loopback,
      Names names,
      Predicate<InetAddress> isAllowed,
      Supplier<SSLContext> newTls,
      Duration maxTime) {
    this.loopback = loopback;
    this.names = names;
    this.isAllowed = isAllowed;
    this.newTls = newTls;
    this.limit = Timeout.of(maxTime);
  }

  /** Runs on a thread of its own: looking a name up cannot be limited in time. */
  @Override
  public String fetch(Issuer issuer) throws KeySetException {
    var requests = new Requests();
    var task = new FutureTask<>(() -> requests.keySet(issuer));
    Thread.ofPlatform().daemon().name("key-set-fetch").start(task);
    try {
      return task.get(limit.toMilliseconds(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      requests.cancel();
      throw new KeySetException("the time limit passed");
    } catch (InterruptedException e) {
      requests.cancel();
      Thread.currentThread().interrupt();
      throw new KeySetException("interrupted");
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  /** Messages of others may quote the answer: their class alone is told. */
  private static KeySetException failure(@Nullable Throwable cause) {
    return switch (cause) {
      case KeySetException known -> known;
      case null -> new KeySetException("the request failed");
      default -> new KeySetException("the request failed: " + cause.getClass().getName());
    };
  }

  private synchronized SSLContext tls() {
    var existing = tls;
    if (existing == null) {
      existing = newTls.get();
      tls = existing;
    }
    return existing;
  }

  /** The requests of one fetch. */
  private final class Requests {
    private @Nullable HttpGet request;
    private boolean cancelled;

    private synchronized HttpGet begin(URI address) throws KeySetException {
      if (cancelled) {
        throw new KeySetException("the time limit passed");
      }
      var get = new HttpGet(address);
      get.setHeader("accept", JSON_TYPE);
      get.setHeader("accept-encoding", "identity");
      get.setHeader("user-agent", "chatgate");
      request = get;
      return get;
    }

    synchronized void cancel() {
      cancelled = true;
      if (request != null) {
        var _ = request.cancel();
      }
    }

    String keySet(Issuer issuer) throws IOException {
      var address = issuer.jwksUri();
      return get(
          checked(address.isPresent() ? address.get() : discovered(issuer.issuer())), SET_TYPES);
    }

    /** OpenID Connect Discovery 1.0, section 4. */
    private URI discovered(String issuer) throws IOException {
      var base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
      if (uri(issuer).getRawQuery() != null) {
        throw new KeySetException("the issuer has a query");
      }
      var document = document(get(checked(uri(base + DISCOVERY)), DOCUMENT_TYPES));
      if (!issuer.equals(document.get("issuer"))) {
        throw new KeySetException("the discovery document is of another issuer");
      }
      var address = document.get("jwks_uri");
      if (address == null) {
        throw new KeySetException("the discovery document has no jwks_uri");
      }
      return uri(address);
    }

    private String get(URI address, Set<String> types) throws IOException {
      var get = begin(address);
      var host = new HttpHost(address.getScheme(), address.getHost(), address.getPort());
      try (var client = client(addresses(address))) {
        var response = client.executeOpen(host, get, null);
        try {
          return body(response, types);
        } finally {
          // Closes the connection and reads no rest of the answer.
          var _ = get.cancel();
          client.close(CloseMode.IMMEDIATE);
        }
      } catch (RefusedAddressException e) {
        throw new KeySetException("the host has no public address");
      }
    }
  }

  private static URI uri(String text) throws KeySetException {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new KeySetException("the address is not a URL");
    }
  }

  private URI checked(URI address) throws KeySetException {
    if (!"https".equals(address.getScheme()) && !(loopback && isPlain(address))) {
      throw new KeySetException("the address is not https");
    }
    if (address.getHost() == null
        || address.getRawUserInfo() != null
        || address.getRawFragment() != null) {
      throw new KeySetException("the address has no host, or a user or a fragment");
    }
    return address;
  }

  private static boolean isPlain(URI address) {
    return "http".equals(address.getScheme());
  }

  /** Resolves a name to those of its addresses that may be connected to. */
  private DnsResolver addresses(URI address) {
    Predicate<InetAddress> allowed = isPlain(address) ? InetAddress::isLoopbackAddress : isAllowed;
    return new DnsResolver() {
      @Override
      public InetAddress[] resolve(String host) throws UnknownHostException {
        var all = Arrays.stream(names.resolve(host)).filter(allowed);
        var checked = all.toArray(InetAddress[]::new);
        if (checked.length == 0) {
          throw new RefusedAddressException();
        }
        return checked;
      }

      @Override
      public String resolveCanonicalHostname(String host) {
        return host;
      }
    };
  }

  private CloseableHttpClient client(DnsResolver addresses) {
    var connections =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setDnsResolver(addresses)
            .setConnectionFactory(
                ManagedHttpClientConnectionFactory.builder().http1Config(heads()).build())
            .setDefaultConnectionConfig(ConnectionConfig.custom().setConnectTimeout(limit).build())
            // Lambda's runtime widens the JDK's list of disabled protocols: name ours.
            .setDefaultTlsConfig(
                TlsConfig.custom()
                    .setSupportedProtocols(TLS.V_1_2, TLS.V_1_3)
                    .setHandshakeTimeout(limit)
                    .build())
            .setTlsSocketStrategy(new DefaultClientTlsStrategy(tls()))
            .build();
    return HttpClientBuilder.create()
        .setConnectionManager(connections)
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setRedirectsEnabled(false)
                .setProtocolUpgradeEnabled(false)
                .build())
        .disableRedirectHandling()
        .disableCookieManagement()
        .disableAutomaticRetries()
        .disableContentCompression()
        .disableAuthCaching()
        .disableDefaultUserAgent()
        .build();
  }

  /** Bounds what the head of an answer may hold; the client's own defaults bound nothing. */
  private static Http1Config heads() {
    return Http1Config.custom().setMaxLineLength(8 * 1024).setMaxHeaderCount(200).build();
  }

  private static String body(ClassicHttpResponse response, Set<String> types) throws IOException {
    if (response.getCode() != 200) {
      throw new KeySetException("the status is " + response.getCode());
    }
    var entity = response.getEntity();
    if (entity == null) {
      throw new KeySetException("the answer has no body");
    }
    requireType(entity, types);
    byte[] bytes = entity.getContent().readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw new KeySetException("the answer is larger than " + MAX_BYTES + " bytes");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new KeySetException("the answer is not UTF-8");
    }
  }

  private static void requireType(HttpEntity entity, Set<String> types) throws KeySetException {
    var coding = entity.getContentEncoding();
    if (coding != null && !"identity".equalsIgnoreCase(coding)) {
      throw new KeySetException("the answer is compressed");
    }
    var type = ContentType.parseLenient(entity.getContentType());
    if (type == null || !types.contains(type.getMimeType().toLowerCase(Locale.ROOT))) {
      throw new KeySetException("the content type is not " + JSON_TYPE);
    }
  }

  /** The members of a JSON object that are strings. */
  private static Map<String, String> document(String text) throws KeySetException {
    try (var json = JSON.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new KeySetException("the discovery document is not a JSON object");
      }
      return strings(json);
    } catch (KeySetException e) {
      throw e;
    } catch (IOException e) {
      throw new KeySetException("the discovery document is not JSON");
    }
  }

  private static Map<String, String> strings(JsonParser json) throws IOException {
    var strings = new HashMap<String, String>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      var name = json.currentName();
      if (json.nextToken() == JsonToken.VALUE_STRING) {
        strings.put(name, json.getText());
      } else {
        json.skipChildren();
      }
    }
    return strings;
  }
}

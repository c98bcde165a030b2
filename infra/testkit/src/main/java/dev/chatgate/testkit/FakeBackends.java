package dev.chatgate.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLServerSocketFactory;

/**
 * Fakes of all services that a function calls, on one port: DynamoDB, Secrets Manager, the
 * credentials endpoint and the provider. All answer from memory. There is one tenant, with limits
 * of every kind and a price for its model. Writes are acknowledged but not stored.
 *
 * <p>The model's name determines the answer: {@code stream-20-5} is a stream of 20 events, 5 ms
 * apart, each with a unique number; {@code large-1000} is a plain answer of 1,000 sentences with 39
 * characters; any other name is a short plain answer.
 */
public final class FakeBackends implements AutoCloseable {
  /** The model of a plain call. */
  public static final String PLAIN_MODEL = "plain";

  /** The tenant's key. */
  public static final String KEY = "cg_bench";

  /** The access key in the fake credentials. */
  public static final String ACCESS_KEY = "AKIDOFTHECONTAINER";

  private static final String CREDENTIALS_PATH = "/credentials";
  private static final Pattern LARGE = Pattern.compile("\"large-(\\d+)\"");
  private static final Pattern STREAM = Pattern.compile("\"stream-(\\d+)-(\\d+)\"");
  private static final String USAGE =
      "{\"prompt_tokens\":12,\"completion_tokens\":20,\"total_tokens\":32}";
  private static final String PLAIN = plain(3);

  private final LoopbackServer server;
  private final boolean isTls;
  private final Consumer<Received> requests;
  private final AtomicLong ownNanos = new AtomicLong();
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, Long> written = new ConcurrentHashMap<>();

  /**
   * @param requests receives every request before it is answered, from many threads
   */
  public FakeBackends(Consumer<Received> requests) {
    this(requests, ServerSocketFactory.getDefault());
  }

  private FakeBackends(Consumer<Received> requests, ServerSocketFactory sockets) {
    this.requests = requests;
    this.isTls = sockets instanceof SSLServerSocketFactory;
    server = new LoopbackServer(sockets, 0, this::serve);
  }

  /**
   * Fakes that are called by TLS.
   *
   * @param sockets with a certificate for {@code localhost} that the function trusts
   */
  public static FakeBackends overTls(SSLServerSocketFactory sockets) {
    return new FakeBackends(_ -> {}, sockets);
  }

  /**
   * The URL of the fakes, which is the endpoint of AWS. The provider's base URL is this with {@code
   * /v1}.
   */
  public String url() {
    return (isTls ? "https://localhost:" : "http://127.0.0.1:") + server.port();
  }

  /** The operation of a request to AWS, such as {@code GetItem}; for any other request its path. */
  public static String operation(Received request) {
    var target = request.header("x-amz-target");
    return target.isEmpty() ? request.path() : target.substring(target.indexOf('.') + 1);
  }

  /**
   * Nanoseconds spent in the fakes since the last call of this method, without the pauses between a
   * stream's events.
   */
  public long takeOwnNanos() {
    return ownNanos.getAndSet(0);
  }

  /**
   * The {@link System#nanoTime} at which each event of a paced stream was written, by its number.
   */
  public Map<Long, Long> written() {
    return written;
  }

  /** The body of a chat request for a model. */
  public static String request(String model) {
    return request(model, 8);
  }

  /**
   * The body of a chat request for a model.
   *
   * @param sentences length of the prompt, in sentences of 36 characters
   */
  public static String request(String model, int sentences) {
    return """
    {"model":"%s","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"%s"}],\
    "max_tokens":100%s}\
    """
        .formatted(
            model,
            "What does a gateway add to a call? ".repeat(sentences),
            model.startsWith("stream") ? ",\"stream\":true" : "");
  }

  /**
   * The Lambda event for a chat request of a client library (payload 2.0), valid for both
   * functions.
   */
  public static byte[] event(String request) {
    return """
    {"version":"2.0","routeKey":"$default","rawPath":"/openai/v1/chat/completions","rawQueryString":"",\
    "headers":{"authorization":"Bearer %s","content-type":"application/json","accept":"application/json",\
    "user-agent":"OpenAI/JS 7.57.0","x-stainless-lang":"js","x-stainless-package-version":"7.57.0",\
    "x-stainless-retry-count":"0","host":"example.com","x-forwarded-for":"192.0.2.1"},\
    "requestContext":{"accountId":"anonymous","apiId":"bench","domainName":"example.com",\
    "http":{"method":"POST","path":"/openai/v1/chat/completions","protocol":"HTTP/1.1",\
    "sourceIp":"192.0.2.1","userAgent":"OpenAI/JS 7.57.0"},"requestId":"bench","routeKey":"$default",\
    "stage":"$default","time":"23/Nov/2026:00:00:00 +0000","timeEpoch":%d},"body":"%s",\
    "isBase64Encoded":false}\
    """
        .formatted(
            KEY, System.currentTimeMillis(), request.replace("\\", "\\\\").replace("\"", "\\\""))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String plain(int sentences) {
    return """
    {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"plain","choices":[{"index":0,\
    "message":{"role":"assistant","content":"%s"},"finish_reason":"stop"}],"usage":%s}\
    """
        .formatted("Twenty words or so are a short answer. ".repeat(sentences), USAGE);
  }

  @Override
  public void close() {
    server.close();
  }

  private void serve(Wire wire) throws IOException, InterruptedException {
    while (wire.next()) {
      long began = System.nanoTime();
      var request = wire.request();
      requests.accept(request);
      if (request.path().equals(CREDENTIALS_PATH)) {
        wire.json(200, credentials());
      } else if (request.header("x-amz-target").isEmpty()) {
        complete(wire, request.text(), began);
      } else {
        aws(wire, ofAws(operation(request), request.text()), began);
      }
    }
  }

  private void complete(Wire wire, String body, long began)
      throws IOException, InterruptedException {
    var model = STREAM.matcher(body);
    if (model.find()) {
      long pace = Duration.ofMillis(Long.parseLong(model.group(2))).toNanos();
      stream(wire, Integer.parseInt(model.group(1)), pace, began);
    } else {
      var large = LARGE.matcher(body);
      int sentences = large.find() ? Integer.parseInt(large.group(1)) : 3;
      ownNanos.addAndGet(System.nanoTime() - began);
      wire.json(200, sentences == 3 ? PLAIN : plain(sentences));
    }
  }

  /**
   * Sends an answer. The time is measured before sending, because the client may continue while it
   * is sent.
   */
  private void aws(Wire wire, String answer, long began) throws IOException {
    var checksum = new CRC32();
    checksum.update(answer.getBytes(StandardCharsets.UTF_8));
    var date = DateTimeFormatter.RFC_1123_DATE_TIME.format(Instant.now().atOffset(ZoneOffset.UTC));
    ownNanos.addAndGet(System.nanoTime() - began);
    wire.answer(
        200,
        "application/x-amz-json-1.0",
        answer,
        "Date: " + date,
        "x-amzn-RequestId: bench",
        "x-amz-crc32: " + checksum.getValue());
  }

  private static String credentials() {
    return """
    {"AccessKeyId":"%s","SecretAccessKey":"bench","Token":"bench","Expiration":"%s"}\
    """
        .formatted(ACCESS_KEY, Instant.now().plus(Duration.ofHours(1)));
  }

  private static String ofAws(String operation, String body) {
    return switch (operation) {
      case "GetItem" -> "{\"Item\":" + item(body) + "}";
      case "Scan" -> "{\"Items\":[" + item("\"key#") + "," + item("\"tenant#") + "]}";
      case "Query" ->
          """
          {"Count":1,"ScannedCount":1,"Items":[{"pk":{"S":"prices"},"sk":{"S":"2026-01-01#plain"},\
          "model":{"S":"plain"},"from":{"S":"2026-01-01"},"tiers":{"L":[{"M":{"above":{"N":"0"},\
          "prompt":{"N":"1000000"},"completion":{"N":"2000000"}}}]}}]}\
          """;
      case "UpdateItem" ->
          """
          {"Attributes":{"pk":{"S":"bench#0"},"n":{"N":"0"},"th":{"N":"0"},"tv":{"N":"0"},\
          "dy":{"N":"%d"}}}\
          """
              .formatted(LocalDate.now(ZoneOffset.UTC).toEpochDay());
      case "GetSecretValue" ->
          "{\"Name\":\"provider\",\"VersionId\":\"1\",\"SecretString\":\"sk-bench\",\"CreatedDate\":1.7E9}";
      default -> "{}";
    };
  }

  private static String item(String request) {
    if (request.contains("\"key#")) {
      return """
      {"pk":{"S":"key#%s"},"sk":{"S":"key"},"tenant":{"S":"bench"},"name":{"S":"first"},"code":{"N":"0"}}\
      """
          .formatted(sha256(KEY));
    }
    return """
    {"pk":{"S":"tenant#bench"},"sk":{"S":"config"},"version":{"N":"1"},"next_code":{"N":"1"},"keys":{"M":{}},"config":{"S":\
    "{\\"id\\":\\"bench\\",\\"status\\":\\"active\\",\\"quota\\":{\\"requests_per_minute\\":6000000,\
    \\"tokens_per_minute\\":6000000000,\\"tokens_per_day\\":600000000000,\
    \\"tokens_per_month\\":600000000000,\\"max_concurrent_requests\\":1000}}"}}\
    """;
  }

  private static String sha256(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void stream(Wire wire, int events, long paceNanos, long began)
      throws IOException, InterruptedException {
    wire.streamHead();
    long own = System.nanoTime() - began;
    for (int i = 0; i < events; i++) {
      sleepUntil(began + i * paceNanos);
      long writing = System.nanoTime();
      long number = numbers.incrementAndGet();
      var event = event("{\"content\":\"" + number + " \"}", "null");
      if (paceNanos > 0) {
        written.put(number, System.nanoTime());
      }
      wire.chunk(event);
      own += System.nanoTime() - writing;
    }
    long writing = System.nanoTime();
    wire.chunk(event("{}", "\"stop\""));
    wire.chunk(
        """
        data: {"id":"p","object":"chat.completion.chunk","created":1,"model":"p","choices":[],"usage":%s}

        data: [DONE]

        """
            .formatted(USAGE));
    ownNanos.addAndGet(own + System.nanoTime() - writing);
    wire.endChunks();
  }

  private static String event(String delta, String finishReason) {
    return """
    data: {"id":"p","object":"chat.completion.chunk","created":1,"model":"p","choices":[{"index":0,\
    "delta":%s,"finish_reason":%s}]}

    """
        .formatted(delta, finishReason);
  }

  private static void sleepUntil(long nanoTime) throws InterruptedException {
    Thread.sleep(Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime())));
  }
}

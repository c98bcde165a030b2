package dev.chatgate.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.chatgate.local.LocalSettings;
import dev.chatgate.local.LocalStack;
import dev.chatgate.local.upstream.Pacing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The local stack with both doors, the packages, the {@link CaseProvider}, and all tenants. */
final class MatrixStack implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Queue<String> log = new ConcurrentLinkedQueue<>();
  private final Map<String, Integer> calls = new ConcurrentHashMap<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final CaseProvider provider = new CaseProvider();
  private final LocalStack stack;
  private final Turnstile stream;
  private final Turnstile api;
  private final HttpServer counts;

  private MatrixStack(Path root, List<Library> libraries) throws IOException {
    Path tenants = root.resolve("infra/clients/target/tenants.json");
    Files.createDirectories(tenants.getParent());
    Files.writeString(tenants, Keys.tenants(libraries));
    stack = LocalStack.start(settings(tenants), root, Pacing.NONE, log::add);
    stream = new Turnstile(stack.streamUrl(), this::count);
    api = new Turnstile(stack.apiUrl(), this::count);
    counts = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    counts.createContext("/calls/", this::tell);
    counts.start();
  }

  /** Starts the stack and waits for both doors. */
  static MatrixStack start(Path root, List<Library> libraries) {
    try {
      var started = new MatrixStack(root, libraries);
      started.stack.awaitReady();
      started.spend(libraries.getFirst());
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private LocalSettings settings(Path tenants) {
    return LocalSettings.from(
        Map.ofEntries(
            Map.entry("CHATGATE_API_PORT", "0"),
            Map.entry("CHATGATE_STREAM_PORT", "0"),
            Map.entry("CHATGATE_AWS_PORT", "0"),
            Map.entry("CHATGATE_RECONCILE_SECONDS", "0"),
            Map.entry("CHATGATE_INSTANCES", "2"),
            Map.entry("AWS_LAMBDA_MAX_CONCURRENCY", "8"),
            Map.entry("CHATGATE_TENANTS", tenants.toString()),
            Map.entry("UPSTREAM_BASE_URL", provider.url().toString()),
            Map.entry("UPSTREAM_API_KEY", "sk-of-the-case-provider"),
            Map.entry("UPSTREAM_FIRST_BYTE_MS", "3000"),
            Map.entry("UPSTREAM_IDLE_MS", "3000")));
  }

  /** The environment variables of a library's runner, with a new client secret. */
  Map<String, String> environment(Library library) {
    var variables = new LinkedHashMap<>(Keys.environment(library));
    variables.put("CHATGATE_STREAM_URL", stream.url() + "/openai/v1");
    variables.put("CHATGATE_API_URL", api.url() + "/openai/v1");
    variables.put(
        "CHATGATE_CALLS_URL", "http://127.0.0.1:" + counts.getAddress().getPort() + "/calls");
    variables.put("CHATGATE_CLIENT_SECRET", clientSecret(library));
    return variables;
  }

  /** Mints a client secret of the longest lifetime, as a tenant's server does. */
  private String clientSecret(Library library) {
    var answer =
        post(
            "/client_secrets",
            Keys.key("fine", library),
            "{\"expires_after\":{\"anchor\":\"created_at\",\"seconds\":7200},\"user\":\"matrix\"}");
    try {
      var value = new ObjectMapper().readTree(answer.body()).path("value").asText();
      if (answer.statusCode() != 200 || !value.startsWith("ek_")) {
        throw new IllegalStateException(
            "a client secret was not minted: status " + answer.statusCode() + "\n" + log);
      }
      return value;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void count(String key) {
    calls.merge(key, 1, Integer::sum);
  }

  private void tell(HttpExchange exchange) throws IOException {
    try (exchange) {
      String key = exchange.getRequestURI().getPath().substring("/calls/".length());
      byte[] number = calls.getOrDefault(key, 0).toString().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, number.length);
      exchange.getResponseBody().write(number);
    }
  }

  /** Uses up the month of the tenant {@code spent}. */
  private void spend(Library library) {
    String key = Keys.key("spent", library);
    var first = chat(key, "case/heavy");
    if (first.statusCode() != 200) {
      throw new IllegalStateException(first.body() + log);
    }
    await(
        "the call that uses up the month",
        () -> chat(key, "case/heavy").body().contains("insufficient_quota"));
  }

  private HttpResponse<String> chat(String key, String model) {
    String body =
        "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":5500}"
            .formatted(model);
    return post("/chat/completions", key, body);
  }

  private HttpResponse<String> post(String path, String key, String body) {
    return send(
        request(path, key)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /**
   * Waits until a tenant has no call in flight; returns its number of recorded calls of a model.
   */
  int records(String key, String model) {
    await("the records of " + key, () -> requests(key, model) > 0);
    return requests(key, model);
  }

  private int requests(String key, String model) {
    try {
      JsonNode usage =
          new ObjectMapper().readTree(send(request("/usage?group_by=model", key).GET()).body());
      for (JsonNode row : usage.path("data")) {
        if (row.path("model").asText().equals(model)) {
          return row.path("requests").asInt();
        }
      }
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpRequest.Builder request(String path, String key) {
    return HttpRequest.newBuilder(URI.create(stack.streamUrl() + "/openai/v1" + path))
        .timeout(PATIENCE)
        .header("authorization", "Bearer " + key);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void await(String what, java.util.function.BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "timed out while waiting for " + what + "\n" + String.join("\n", log));
      }
    }
  }

  @Override
  public void close() {
    counts.stop(0);
    stream.close();
    api.close();
    stack.close();
    provider.close();
    http.shutdownNow();
  }
}

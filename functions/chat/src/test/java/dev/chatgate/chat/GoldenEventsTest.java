package dev.chatgate.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import dev.chatgate.aws.LocalDynamoDb;
import dev.chatgate.aws.Tables;
import dev.chatgate.aws.tenant.TenantJson;
import dev.chatgate.aws.tenant.TenantStore;
import dev.chatgate.chat.Expectation.Answer;
import dev.chatgate.openai.provider.ScriptedProvider;
import dev.chatgate.streaming.InvocationContext;
import io.micronaut.context.ApplicationContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every scenario of the {@code events} folder at both entries, wired as they are deployed: only the
 * addresses of AWS and of the provider are the test's.
 */
class GoldenEventsTest {
  private static final Path FOLDER = Path.of("../../events");
  private static final Surroundings SURROUNDINGS = new Surroundings();

  @BeforeAll
  static void giveTheClientsTheirAddresses() {
    SURROUNDINGS.systemProperties().forEach(System::setProperty);
  }

  @AfterAll
  static void stopTheSurroundings() throws Exception {
    SURROUNDINGS.systemProperties().keySet().forEach(System::clearProperty);
    SURROUNDINGS.close();
  }

  static List<GoldenEvent> events() throws IOException {
    return GoldenEvent.all(FOLDER);
  }

  @ParameterizedTest
  @MethodSource("events")
  void theBufferedEntryAnswersAsExpected(GoldenEvent golden) throws Exception {
    try (var context = application(golden)) {
      // As AWS's runtime client reads it.
      var event =
          LambdaEventSerializers.serializerFor(
                  APIGatewayV2HTTPEvent.class, ApiHandler.class.getClassLoader())
              .fromJson(golden.event());

      var answer = new ApiHandler(context).handleRequest(event, null);

      assertFalse(answer.getIsBase64Encoded());
      golden.check(new Answer(answer.getStatusCode(), answer.getHeaders(), answer.getBody()));
    }
  }

  @ParameterizedTest
  @MethodSource("events")
  void theStreamingEntryAnswersAsExpected(GoldenEvent golden) throws Exception {
    try (var context = application(golden)) {
      var invocation =
          new InvocationContext("id", Instant.now().plusSeconds(900), "arn", Optional.empty());
      var channel = new Collecting();

      new StreamHandler(context).handle(golden.event().getBytes(UTF_8), invocation, channel);

      golden.check(channel.answer());
    }
  }

  @Test
  void anEventWithoutAnExpectationIsAnError(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("lonely.json"), "{}");

    assertThrows(IOException.class, () -> GoldenEvent.all(folder));
  }

  @Test
  void anExpectationWithoutAnEventIsAnError(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("lonely.expected.json"), "{}");

    assertThrows(IOException.class, () -> GoldenEvent.all(folder));
  }

  @Test
  void thereAreEvents() throws IOException {
    assertFalse(events().isEmpty());
  }

  private static ApplicationContext application(GoldenEvent golden) {
    var environment = SURROUNDINGS.environment();
    environment.putAll(golden.expectation().settings());
    return GatewayFactory.start(Settings.from(environment));
  }

  /** What a gateway needs around it: a store with the demo tenant, a secret, a provider. */
  private static final class Surroundings {
    private static final String TENANT =
        "[{\"id\":\"demo\",\"status\":\"active\",\"quota\":{},"
            + "\"keys\":[{\"name\":\"demo\",\"secret\":\"cg_demo\"}]}]";
    private static final String SECRET =
        "{\"ARN\":\"arn\",\"Name\":\"secret\",\"VersionId\":\"1\",\"SecretString\":\"provider-key\"}";
    private static final String HEAD =
        "\"id\":\"chatcmpl-1\",\"created\":1,\"model\":\"demo/model\"";
    private static final String USAGE =
        "{\"prompt_tokens\":9,\"completion_tokens\":2,\"total_tokens\":11}";

    private final LocalDynamoDb store = LocalDynamoDb.start();
    private final ScriptedProvider secrets =
        new ScriptedProvider(wire -> wire.answer(200, "application/x-amz-json-1.1", SECRET));
    private final ScriptedProvider provider = new ScriptedProvider(Surroundings::provide);

    Surroundings() {
      var tenants = new TenantStore(store.client(), store.tables());
      TenantJson.readList(TENANT).forEach(tenants::put);
    }

    Map<String, String> systemProperties() {
      return Map.of(
          "aws.region", "us-east-1",
          "aws.accessKeyId", "local",
          "aws.secretAccessKey", "local",
          "aws.endpointUrlDynamoDb", store.endpoint().toString(),
          "aws.endpointUrlSecretsManager", secrets.url().toString());
    }

    Map<String, String> environment() {
      var environment = new HashMap<String, String>();
      environment.put(Tables.TENANTS_VARIABLE, store.tables().tenants());
      environment.put(Tables.QUOTA_VARIABLE, store.tables().quota());
      environment.put(Tables.USAGE_VARIABLE, store.tables().usage());
      environment.put("CHATGATE_PROVIDER_SECRET", "secret");
      environment.put("UPSTREAM_BASE_URL", provider.url().toString());
      return environment;
    }

    private static void provide(ScriptedProvider.Wire wire) throws IOException {
      if (wire.request().head().startsWith("GET ")) {
        wire.json(
            200, "{\"object\":\"list\",\"data\":[{\"id\":\"demo/model\",\"object\":\"model\"}]}");
      } else if (wire.request().text().contains("\"stream\": true")) {
        wire.stream(
            Stream.of(
                    chunk("{\"role\":\"assistant\",\"content\":\"\"}", "null"),
                    chunk("{\"content\":\"Hello.\"}", "null"),
                    chunk("{}", "\"stop\""),
                    "{\"object\":\"chat.completion.chunk\","
                        + HEAD
                        + ",\"choices\":[],\"usage\":"
                        + USAGE
                        + "}",
                    "[DONE]")
                .map(data -> "data: " + data + "\n\n")
                .reduce("", String::concat));
      } else {
        wire.json(
            200,
            "{\"object\":\"chat.completion\","
                + HEAD
                + ",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hello.\"},"
                + "\"finish_reason\":\"stop\"}],\"usage\":"
                + USAGE
                + "}");
      }
    }

    private static String chunk(String delta, String finishReason) {
      return "{\"object\":\"chat.completion.chunk\",%s,\"choices\":[{\"index\":0,\"delta\":%s,\"finish_reason\":%s}]}"
          .formatted(HEAD, delta, finishReason);
    }

    void close() throws Exception {
      provider.close();
      secrets.close();
      store.close();
    }
  }

  /** The streaming runtime's channel, into memory. */
  private static final class Collecting implements dev.chatgate.streaming.ResponseChannel {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private Answer head = new Answer(0, Map.of(), "");
    private boolean ended;

    @Override
    public void head(int status, Map<String, String> headers, List<String> cookies) {
      head = new Answer(status, headers, "");
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      body.write(bytes, offset, length);
    }

    @Override
    public void end() {
      ended = true;
    }

    @Override
    public void fail(Throwable error) {
      throw new AssertionError("the answer failed", error);
    }

    Answer answer() {
      assertTrue(ended, "the answer has no end");
      return new Answer(head.status(), head.headers(), body.toString(UTF_8));
    }
  }
}

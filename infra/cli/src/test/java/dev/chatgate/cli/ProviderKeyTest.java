package dev.chatgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.chatgate.cli.CommandRunner.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands for the provider key, with the deployment found by its stack. */
class ProviderKeyTest {
  private static final List<String> PROPERTIES =
      List.of("aws.endpointUrl", "aws.region", "aws.accessKeyId", "aws.secretAccessKey");

  @SuppressWarnings("NullAway.Init")
  private static FakeAws aws;

  @SuppressWarnings("NullAway.Init")
  private HttpServer provider;

  private final List<String> asked = new ArrayList<>();
  private int providerStatus = 200;

  @BeforeAll
  static void start() {
    aws = new FakeAws(InstantSource.system());
    System.setProperty("aws.endpointUrl", "http://127.0.0.1:" + aws.port());
    System.setProperty("aws.region", "us-east-1");
    System.setProperty("aws.accessKeyId", "local");
    System.setProperty("aws.secretAccessKey", "local");
  }

  @AfterAll
  static void stop() {
    PROPERTIES.forEach(System::clearProperty);
    aws.close();
  }

  @BeforeEach
  void startProvider() throws IOException {
    provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    provider.createContext(
        "/",
        exchange -> {
          asked.add(
              exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization"));
          exchange.sendResponseHeaders(providerStatus, -1);
          exchange.close();
        });
    provider.start();
  }

  @AfterEach
  void stopProvider() {
    provider.stop(0);
  }

  private static CommandRunner operator() {
    return new CommandRunner()
        .with("CHATGATE_STACK", FakeAws.STACK)
        .at(() -> Instant.parse("2026-11-23T12:00:00Z"));
  }

  private static Result set(String key) {
    return operator().piping(key + "\n").run("provider-key", "set");
  }

  private Result check() {
    var url = "http://127.0.0.1:" + provider.getAddress().getPort() + "/v1";
    return operator().run("provider-key", "check", "--base-url", url);
  }

  @Test
  void theKeyComesFromStandardInput() {
    assertEquals(0, set("sk-first").exitCode());
    assertEquals("sk-first", aws.secrets().getLast());
    var signature = aws.signatures().getLast();
    assertTrue(signature.startsWith("AWS4-HMAC-SHA256 Credential=local/"), signature);
    assertTrue(signature.contains("/us-east-1/cloudformation/aws4_request"), signature);
  }

  @Test
  void aTerminalIsPromptedWithoutEcho() {
    var result = operator().typing("sk-typed").run("provider-key", "set");
    assertEquals(0, result.exitCode());
    assertEquals("sk-typed", aws.secrets().getLast());
    assertFalse((result.out() + result.err()).contains("sk-typed"));
  }

  @Test
  void anArgumentIsRefusedAndNotRepeated() {
    int before = aws.secrets().size();
    var result = operator().run("provider-key", "set", "sk-argument");
    assertEquals(2, result.exitCode());
    assertFalse(result.err().contains("sk-argument"), result.err());
    assertEquals(before, aws.secrets().size());
  }

  @Test
  void anInvalidKeyIsNotSet() {
    int before = aws.secrets().size();
    assertEquals(2, set("").exitCode());
    var result = set("two words");
    assertEquals(2, result.exitCode());
    assertFalse(result.err().contains("two words"));
    assertEquals(before, aws.secrets().size());
  }

  @Test
  void checkSendsTheKeyAndNeverPrintsIt() {
    set("sk-old");
    set("sk-new");
    var taken = check();
    assertEquals(0, taken.exitCode(), taken.err());
    assertEquals(List.of("/v1/models Bearer sk-new"), asked);
    assertTrue(taken.out().contains("AWSCURRENT") && taken.out().contains("AWSPREVIOUS"));
    assertFalse(taken.out().contains("sk-"), taken.out());
    providerStatus = 401;
    assertEquals(1, check().exitCode());
    providerStatus = 503;
    assertEquals(2, check().exitCode());
    provider.stop(0);
    assertEquals(2, check().exitCode());
  }

  @Test
  void theBaseUrlComesFromTheStack() {
    set("sk-one");
    aws.providerBaseUrl("http://127.0.0.1:" + provider.getAddress().getPort());
    var url = "http://127.0.0.1:" + provider.getAddress().getPort();
    var checked = operator().run("provider-key", "check");
    assertEquals(0, checked.exitCode());
    assertTrue(checked.out().endsWith("Provider: " + url + "\nThe provider accepts the key.\n"));
    var json = operator().run("provider-key", "check", "--json").out();
    assertTrue(json.contains("\"provider_base_url\" : \"" + url + "\""), json);
    assertEquals(List.of("/models Bearer sk-one", "/models Bearer sk-one"), asked);
  }

  @Test
  void whoSetsTheKeyIsToldWhereItGoes() {
    aws.providerBaseUrl("https://provider.example/v1");
    assertEquals(
        new Result(
            0, "Set the provider key. The gateway sends it to https://provider.example/v1\n", ""),
        set("sk-one"));
  }

  @Test
  void theKeyIsNotSentWithoutTls() {
    set("sk-one");
    var result = operator().run("provider-key", "check", "--base-url", "http://provider.example");
    assertEquals(2, result.exitCode());
  }

  @Test
  void aMissingStackIsAnError() {
    var result = operator().run("tenant", "list", "--stack", "other", "--region", "us-west-2");
    assertEquals(2, result.exitCode());
    assertEquals("Stack other does not exist in us-west-2.\n", result.err());
  }

  @Test
  void commandsFindTheTablesOfTheStack() {
    assertEquals(0, operator().run("tenant", "create", "by-stack").exitCode());
    assertTrue(operator().run("tenant", "list").out().contains("by-stack"));
    assertEquals(0, operator().run("price", "list").exitCode());
    assertEquals(0, operator().run("audit").exitCode());
  }

  @Test
  void aSecretOfALaterReleaseKeepsItsMembersOrIsRefused() {
    aws.secrets().add("{\"key\":\"sk-a\",\"organization\":\"o\"}");
    assertEquals(0, check().exitCode());
    assertEquals(List.of("/v1/models Bearer sk-a"), asked);
    assertEquals(0, set("sk-b").exitCode());
    assertEquals("{\"key\":\"sk-b\",\"organization\":\"o\"}", aws.secrets().getLast());

    aws.secrets().add("{\"key\":\"sk-a\",\"critical\":[\"header\"]}");
    assertEquals("Failed while reading a secret that a later release wrote.\n", set("sk-c").err());
    assertEquals(
        new Result(
            2,
            "",
            "Cannot read the provider key: the provider's secret has a critical member that this release does not know.\n"),
        check());
    aws.secrets().add("sk-plain");
  }
}

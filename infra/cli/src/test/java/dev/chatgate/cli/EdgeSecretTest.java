package dev.chatgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.aws.secret.StoredSigningSecret;
import dev.chatgate.cli.CommandRunner.Result;
import dev.chatgate.secret.EdgeSecret;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands for the edge secrets, with the deployment found by its stack. */
class EdgeSecretTest {
  private static final List<String> PROPERTIES =
      List.of("aws.endpointUrl", "aws.region", "aws.accessKeyId", "aws.secretAccessKey");
  private static final String SEED = "s".repeat(64);
  private static final String MADE_BY_THE_TEMPLATE = "{\"seed\":\"" + SEED + "\"}";
  private static final Result NO_OLDER_ONE = new Result(1, "", "There is no older edge secret.\n");

  @SuppressWarnings("NullAway.Init")
  private static FakeAws aws;

  private final CommandRunner operator = new CommandRunner().with("CHATGATE_STACK", FakeAws.STACK);

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
  void deploy() {
    aws.forgetSigningSecret();
    aws.signingSecrets().add(MADE_BY_THE_TEMPLATE);
  }

  private static List<String> stored() {
    return StoredSigningSecret.read(aws.signingSecrets().getLast()).edgeSecrets().stream()
        .map(EdgeSecret::value)
        .toList();
  }

  private Result rotate() {
    var result = operator.run("edge-secret", "rotate", "--yes");
    assertEquals(0, result.exitCode(), result.err());
    assertEquals(stored().getLast() + "\n", result.out(), "the new one and nothing else");
    assertTrue(result.out().matches("[0-9a-f]{64}\n"), result.out());
    assertFalse(result.err().contains(result.out().strip()), "not among the advice");
    assertFalse(result.err().contains(SEED), result.err());
    return result;
  }

  @Test
  void aNewDeploymentHasNone() {
    assertEquals(
        new Result(1, "", "No edge secret is stored. To add one: chatgate edge-secret rotate\n"),
        operator.run("edge-secret", "show"));
    assertEquals(NO_OLDER_ONE, operator.run("edge-secret", "drop-old", "--yes"));
    assertEquals(List.of(MADE_BY_THE_TEMPLATE), aws.signingSecrets(), "nothing is written");
  }

  @Test
  void theFirstIsPrintedWithWhatToDoNext() {
    var keys = StoredSigningSecret.read(MADE_BY_THE_TEMPLATE).keys().size();
    assertEquals(
        "Added the first edge secret. Let the CDN send it in the header x-chatgate-edge. After 10"
            + " minutes every running instance knows it; then deploy with EdgeSecret=on.\n",
        rotate().err());
    assertEquals(1, stored().size());
    assertEquals(keys, StoredSigningSecret.read(aws.signingSecrets().getLast()).keys().size());
  }

  @Test
  void theOneBeforeStaysUntilItIsDropped() {
    var _ = rotate();
    var first = stored().getFirst();
    assertEquals(
        "Added an edge secret; the one before it is still accepted. After 10 minutes every running"
            + " instance knows it; then let the CDN send it in the header x-chatgate-edge. Once all"
            + " of the CDN does: chatgate edge-secret drop-old\n",
        rotate().err());
    var second = stored().getLast();
    assertNotEquals(first, second);
    assertEquals(
        """
        EDGE SECRET                                                       STATE
        %s  older
        %s  newest
        """
            .formatted(first, second),
        operator.run("edge-secret", "show").out());
    assertEquals(
        new Result(
            0, "Dropped the older edge secret. Instances refuse it within 10 minutes.\n", ""),
        operator.run("edge-secret", "drop-old", "--yes"));
    assertEquals(List.of(second), stored());
    assertEquals(NO_OLDER_ONE, operator.run("edge-secret", "drop-old", "--yes"));
    assertEquals(
        """
        [
          {
            "value" : "%s",
            "state" : "newest"
          }
        ]
        """
            .formatted(second),
        operator.run("edge-secret", "show", "--json").out());
  }

  @Test
  void aThirdDropsTheOldestButAsksFirst() {
    var _ = rotate();
    var _ = rotate();
    var two = stored();
    var question =
        "Two edge secrets are accepted. Add another and drop the older one? Requests with the older"
            + " one are refused within 10 minutes.";
    assertEquals(
        new Result(2, "", question + " There is no terminal to prompt on; use --yes to confirm.\n"),
        operator.run("edge-secret", "rotate"));
    assertEquals(1, operator.typing("n").run("edge-secret", "rotate").exitCode());
    assertEquals(two, stored(), "nothing is written");
    assertEquals(0, operator.typing("y").run("edge-secret", "rotate").exitCode());
    assertEquals(2, stored().size());
    assertEquals(two.getLast(), stored().getFirst());
  }

  @Test
  void droppingAsksFirst() {
    var _ = rotate();
    var _ = rotate();
    var two = stored();
    assertEquals(2, operator.run("edge-secret", "drop-old").exitCode());
    assertEquals(1, operator.typing("n").run("edge-secret", "drop-old").exitCode());
    assertEquals(two, stored());
    assertEquals(0, operator.typing("y").run("edge-secret", "drop-old").exitCode());
    assertEquals(List.of(two.getLast()), stored());
  }

  @Test
  void whatALaterReleaseWroteIsKept() {
    aws.signingSecrets().add("{\"form\":2,\"x\":[1.50],\"seed\":\"" + SEED + "\"}");
    var _ = rotate();
    assertEquals(
        "{\"form\":2,\"x\":[1.50],\"seed\":\"%s\",\"edge\":[\"%s\"]}"
            .formatted(SEED, stored().getFirst()),
        aws.signingSecrets().getLast());
  }

  @Test
  void signingKeysAndEdgeSecretsDoNotChangeEachOther() {
    var _ = rotate();
    var edge = stored();
    assertEquals(0, operator.run("signing-key", "rotate", "--now", "--yes").exitCode());
    assertEquals(edge, stored());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"seed\":\"SEED\",\"edge\":[\"short\"]}",
        "{\"seed\":\"SEED\",\"edge\":{}}",
        "{\"seed\":\"short\"}"
      })
  void aDamagedSecretIsSaidAndNotRewritten(String damaged) {
    aws.signingSecrets().add(damaged.replace("SEED", SEED));
    var expected =
        new Result(2, "", "Cannot read the signing secret: the signing secret is damaged.\n");
    assertEquals(expected, operator.run("edge-secret", "show"));
    assertEquals(expected, operator.run("edge-secret", "rotate"));
    assertEquals(expected, operator.run("edge-secret", "drop-old", "--yes"));
    assertEquals(2, aws.signingSecrets().size(), "nothing is written");
  }

  @Test
  void aSecretWithoutAValueIsAnError() {
    aws.forgetSigningSecret();
    var expected = new Result(2, "", "The signing secret has no value.\n");
    assertEquals(expected, operator.run("edge-secret", "show"));
    assertEquals(expected, operator.run("edge-secret", "rotate"));
  }
}

package dev.chatgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.secret.StoredSigningSecret;
import dev.chatgate.cli.CommandRunner.Result;
import dev.chatgate.secret.SigningKey;
import dev.chatgate.secret.SigningSecret;
import dev.chatgate.time.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands for the signing keys, with the deployment found by its stack. */
class SigningKeyTest {
  private static final List<String> PROPERTIES =
      List.of("aws.endpointUrl", "aws.region", "aws.accessKeyId", "aws.secretAccessKey");
  private static final String SEED = "s".repeat(64);
  private static final String MADE_BY_THE_TEMPLATE = "{\"seed\":\"" + SEED + "\"}";

  @SuppressWarnings("NullAway.Init")
  private static FakeAws aws;

  private final TestClock clock = new TestClock(Instant.parse("2026-11-23T12:00:00.5Z"));
  private final CommandRunner operator =
      new CommandRunner().with("CHATGATE_STACK", FakeAws.STACK).at(clock);

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

  private Result succeed(String... line) {
    var result = operator.run(line);
    assertEquals(0, result.exitCode(), result.err());
    assertEquals("", result.err());
    assertFalse(result.out().contains(SEED), result.out());
    return result;
  }

  private static SigningSecret stored() {
    return StoredSigningSecret.read(aws.signingSecrets().getLast());
  }

  private static List<String> kids() {
    return stored().keys().stream().map(SigningKey::kid).toList();
  }

  @Test
  void aNewDeploymentHasOneKey() {
    assertEquals(
        """
        KEY  STATE  FROM
        1    signs  the beginning
        """,
        succeed("signing-key", "list").out());
    assertEquals(1, aws.signingSecrets().size(), "nothing is written");
  }

  @Test
  void aNewKeyWaitsForAllInstancesThenSignsWhileTheOldOneStillVerifies() {
    var before = stored();
    assertEquals(
        "Added signing key 2. It signs from 2026-11-23T12:15:00Z on. Client secrets in use stay"
            + " valid.\n",
        succeed("signing-key", "rotate").out());
    assertEquals(before.deployment(), stored().deployment());
    assertEquals(
        """
        KEY  STATE  FROM
        1    signs  the beginning
        2    waits  2026-11-23T12:15:00Z
        """,
        succeed("signing-key", "list").out());
    clock.advance(Duration.ofMinutes(15));
    assertEquals(
        """
        [
          {
            "kid" : "1",
            "state" : "verifies",
            "from" : "1970-01-01T00:00:00Z"
          },
          {
            "kid" : "2",
            "state" : "signs",
            "from" : "2026-11-23T12:15:00Z"
          }
        ]
        """,
        succeed("signing-key", "list", "--json").out());
  }

  @Test
  void aKeyThatNothingIsSignedWithAnyMoreGoesWithTheNextRotation() {
    succeed("signing-key", "rotate");
    clock.advance(Duration.ofHours(4));
    succeed("signing-key", "rotate");
    assertEquals(List.of("2", "3"), kids());
  }

  @Test
  void rotatingNowLeavesOneKeyAndSaysThatAllClientSecretsEnd() {
    succeed("signing-key", "rotate");
    var before = stored();
    assertEquals(
        "Replaced the signing key; the new one is 3. Every client secret in use ends as soon as"
            + " the running instances notice, within 10 minutes.\n",
        succeed("signing-key", "rotate", "--now", "--yes").out());
    assertEquals(List.of("3"), kids());
    assertEquals(before.deployment(), stored().deployment());
    assertEquals(
        """
        KEY  STATE  FROM
        3    signs  2026-11-23T12:00:00Z
        """,
        succeed("signing-key", "list").out());
  }

  @Test
  void rotatingNowAsksFirst() {
    var unasked = operator.run("signing-key", "rotate", "--now");
    assertEquals(2, unasked.exitCode());
    assertEquals(
        "Replace the signing key now and end every client secret in use? There is no terminal to"
            + " prompt on; use --yes to confirm.\n",
        unasked.err());
    assertEquals(1, operator.typing("n").run("signing-key", "rotate", "--now").exitCode());
    assertEquals(1, aws.signingSecrets().size(), "nothing is written");
    assertEquals(0, operator.typing("y").run("signing-key", "rotate", "--now").exitCode());
    assertEquals(List.of("2"), kids());
  }

  @Test
  void eachKeyIsRandom() {
    succeed("signing-key", "rotate");
    succeed("signing-key", "rotate");
    var keys = stored().keys();
    assertFalse(Arrays.equals(keys.get(1).key(), keys.get(2).key()));
  }

  @Test
  void aChangeAtTheSameTimeIsNotOverwritten() {
    succeed("signing-key", "rotate");
    // As another operator sees it who has read before that.
    aws.signingSecrets().removeLast();
    var late = operator.run("signing-key", "rotate", "--now", "--yes");
    assertEquals(
        new Result(
            2,
            "",
            "The signing secret was changed at the same time. Nothing was written; run the command"
                + " again.\n"),
        late);
    assertEquals(List.of(MADE_BY_THE_TEMPLATE), aws.signingSecrets());
  }

  @Test
  void whatALaterReleaseWroteIsKept() {
    aws.signingSecrets().add("{\"form\":2,\"x\":[1.50],\"seed\":\"" + SEED + "\"}");
    succeed("signing-key", "rotate");
    assertTrue(
        aws.signingSecrets().getLast().startsWith("{\"form\":2,\"x\":[1.50],\"seed\":"),
        "the members before");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{\"seed\":\"SEED\",\"critical\":[\"until\"]}"
            + "|the signing secret has a critical member that this release does not know",
        "{\"seed\":\"SEED\",\"keys\":[]}|the signing secret is damaged",
        "{\"seed\":\"short\"}|the signing secret is damaged",
        "''|the signing secret is empty"
      })
  void aSecretThatCannotBeReadIsSaidAndNotRewritten(String stored, String message) {
    aws.signingSecrets().add(stored.replace("SEED", SEED));
    var expected = new Result(2, "", "Cannot read the signing secret: " + message + ".\n");
    assertEquals(expected, operator.run("signing-key", "list"));
    assertEquals(expected, operator.run("signing-key", "rotate"));
    assertEquals(expected, operator.run("signing-key", "rotate", "--now", "--yes"));
    assertEquals(2, aws.signingSecrets().size(), "nothing is written");
  }

  @Test
  void aSecretWithoutAValueIsAnError() {
    aws.forgetSigningSecret();
    var expected = new Result(2, "", "The signing secret has no value.\n");
    assertEquals(expected, operator.run("signing-key", "list"));
    assertEquals(expected, operator.run("signing-key", "rotate"));
  }

  @Test
  void theSecretIsNamedByTheEnvironmentToo() {
    var byVariables =
        new CommandRunner()
            .at(clock)
            .with(Tables.TENANTS_VARIABLE, "t")
            .with(Tables.QUOTA_VARIABLE, "q")
            .with(Tables.USAGE_VARIABLE, "u");
    assertEquals(
        new Result(
            2,
            "",
            "The deployment names no signing secret: the stack has no output SigningSecretName, or"
                + " CHATGATE_SIGNING_SECRET is not set.\n"),
        byVariables.run("signing-key", "list"));
    var named = byVariables.with("CHATGATE_SIGNING_SECRET", FakeAws.SIGNING_SECRET);
    assertEquals(0, named.run("signing-key", "list").exitCode());
    var missing = byVariables.with("CHATGATE_SIGNING_SECRET", "other").run("signing-key", "list");
    assertEquals(2, missing.exitCode());
    assertTrue(missing.err().contains("ResourceNotFoundException"), missing.err());
  }
}

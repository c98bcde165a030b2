package dev.chatgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.cli.CommandRunner.Result;
import dev.chatgate.cli.deployment.AwsErrorMessages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** AWS profiles and credentials that cannot be used: each is one sentence. */
class CredentialsTest {
  private static final List<String> PROPERTIES =
      List.of("aws.endpointUrl", "aws.region", "aws.configFile", "aws.sharedCredentialsFile");

  private static final String LOG_IN =
      "The AWS login has expired or is missing: log in with the AWS CLI (aws login or aws sso"
          + " login).\n";

  private static final String UNKNOWN_KIND =
      "chatgate does not know this kind of AWS profile, such as that of aws login. Put its"
          + " credentials into the environment, and leave out --profile: eval \"$(aws configure"
          + " export-credentials --profile NAME --format env)\"";

  @SuppressWarnings("NullAway.Init")
  private static FakeAws aws;

  @TempDir private Path folder = Path.of("");

  @BeforeAll
  static void start() {
    aws = new FakeAws(InstantSource.system());
    System.setProperty("aws.endpointUrl", "http://127.0.0.1:" + aws.port());
    System.setProperty("aws.region", "us-east-1");
  }

  @AfterAll
  static void stop() {
    PROPERTIES.forEach(System::clearProperty);
    aws.close();
  }

  @BeforeEach
  void profiles() throws IOException {
    var config =
        Files.writeString(
            folder.resolve("config"),
            """
            [profile empty]
            region = us-east-1
            [profile keys]
            aws_access_key_id = local
            aws_secret_access_key = local
            [profile browser]
            region = us-east-1
            login_session = arn:aws:sts::123456789012:assumed-role/operator/me
            [profile sign-on]
            sso_session = company
            sso_account_id = 123456789012
            sso_role_name = operator
            [sso-session company]
            sso_start_url = https://company.example/start
            sso_region = us-east-1
            """);
    System.setProperty("aws.configFile", config.toString());
    System.setProperty("aws.sharedCredentialsFile", folder.resolve("credentials").toString());
  }

  @AfterEach
  void renew() {
    aws.expire(false);
  }

  private static Result run(String profile) {
    return new CommandRunner()
        .run("tenant", "list", "--stack", FakeAws.STACK, "--profile", profile);
  }

  private static String error(String profile) {
    var result = run(profile);
    assertEquals(2, result.exitCode(), result.err());
    assertEquals(1, result.err().lines().count(), result.err());
    return result.err();
  }

  @Test
  void aProfileWithKeysIsUsed() {
    assertEquals(0, run("keys").exitCode(), run("keys").err());
    assertTrue(aws.signatures().getLast().contains("Credential=local/"));
  }

  @Test
  void aProfileThatDoesNotExistIsNamed() {
    assertEquals("There is no profile nobody.\n", error("nobody"));
  }

  @Test
  void aProfileWithoutCredentialsIsNamed() {
    assertEquals(
        "The profile empty has no credentials: log in with the AWS CLI.\n", error("empty"));
  }

  @Test
  void aBrowserLoginIsNotAnInternalError() {
    assertEquals(UNKNOWN_KIND + "\n", error("browser"));
  }

  @Test
  void aSingleSignOnWithoutATokenAsksToLogIn() {
    assertEquals(LOG_IN, error("sign-on"));
  }

  @Test
  void expiredCredentialsAskToLogInAgain() {
    aws.expire(true);
    assertEquals(LOG_IN, error("keys"));
    var local =
        new CommandRunner().with("CHATGATE_AWS_PORT", aws.port()).run("price", "list", "--local");
    assertEquals(new Result(2, "", LOG_IN), local);
  }

  @Test
  void aMissingModuleOfTheSdkIsASentence() {
    assertEquals(
        Optional.of(UNKNOWN_KIND),
        AwsErrorMessages.messageFor(
            new IllegalStateException(
                "To use it, the 'x' service module must be on the class path.")));
  }
}

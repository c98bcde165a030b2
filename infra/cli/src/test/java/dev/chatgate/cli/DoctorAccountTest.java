package dev.chatgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.cli.CommandRunner.Result;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code chatgate doctor --before}, with scripted answers of AWS. */
class DoctorAccountTest {
  /** What it needs permission for. */
  static final Set<String> ACCOUNT_ACTIONS =
      Set.of("iam:GetRole", "iam:SimulatePrincipalPolicy", "lambda:GetAccountSettings");

  private static final String SETTINGS = "GET /2016-08-19/account-settings";
  private static final String SIMULATE = "SimulatePrincipalPolicy";

  private static final List<String> PROPERTIES =
      List.of(
          "aws.endpointUrlLambda",
          "aws.endpointUrlIam",
          "aws.endpointUrlSts",
          "aws.region",
          "aws.accessKeyId",
          "aws.secretAccessKey");

  @SuppressWarnings("NullAway.Init")
  private static ScriptedAws aws;

  @BeforeAll
  static void start() {
    aws = new ScriptedAws();
    System.setProperty("aws.endpointUrlLambda", aws.url());
    System.setProperty("aws.endpointUrlIam", aws.url() + "/");
    System.setProperty("aws.endpointUrlSts", aws.url());
    System.setProperty("aws.region", "eu-central-1");
    System.setProperty("aws.accessKeyId", "local");
    System.setProperty("aws.secretAccessKey", "local");
  }

  @AfterAll
  static void stop() {
    PROPERTIES.forEach(System::clearProperty);
    aws.close();
  }

  @BeforeEach
  void aGoodAccount() {
    aws.forget();
    caller("arn:aws:sts::123456789012:assumed-role/Operator/me@example.com");
    limits(1_000, 1_000);
    aws.answers(
        "GetRole",
        200,
        "<GetRoleResponse><GetRoleResult><Role><Path>/teams/</Path>"
            + "<Arn>arn:aws:iam::123456789012:role/teams/Operator</Arn></Role></GetRoleResult>"
            + "</GetRoleResponse>");
    decision("allowed", "<AllowedByOrganizations>true</AllowedByOrganizations>");
  }

  private static void caller(String arn) {
    aws.answers(
        "GetCallerIdentity",
        200,
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>"
            + arn
            + "</Arn><UserId>U</UserId><Account>123456789012</Account>"
            + "</GetCallerIdentityResult></GetCallerIdentityResponse>");
  }

  private static void limits(int concurrent, int unreserved) {
    aws.answers(
        SETTINGS,
        200,
        """
        {"AccountLimit":{"CodeSizeZipped":52428800,"ConcurrentExecutions":%d,\
        "UnreservedConcurrentExecutions":%d},"AccountUsage":{"FunctionCount":3}}\
        """
            .formatted(concurrent, unreserved));
  }

  private static void decision(String decision, String organization) {
    aws.answers(
        SIMULATE,
        200,
        """
        <SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults><member>
        <EvalActionName>lambda:CreateFunctionUrlConfig</EvalActionName>
        <EvalDecision>%s</EvalDecision>
        <OrganizationsDecisionDetail>%s</OrganizationsDecisionDetail></member></EvaluationResults>
        </SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>\
        """
            .formatted(decision, organization));
  }

  private static Result before(String... more) {
    var line = new String[more.length + 2];
    line[0] = "doctor";
    line[1] = "--before";
    System.arraycopy(more, 0, line, 2, more.length);
    return new CommandRunner().run(line);
  }

  private static void assertLine(Result result, String start) {
    assertTrue(result.lines().stream().anyMatch(line -> line.startsWith(start)), result.out());
  }

  @Test
  void aGoodAccountHasOneLineForEachCheck() {
    var result = before();
    assertEquals(0, result.exitCode(), result.err());
    assertEquals(3, result.lines().size(), result.out());
    assertLine(
        result,
        "ok        account                  Account 123456789012 in eu-central-1 (the AWS SDK's"
            + " settings), as arn:aws:sts::123456789012:assumed-role/Operator/me@example.com (");
    assertLine(
        result,
        "ok        concurrency              All functions of the account may have 1,000 instances"
            + " together, 1,000 of them are unreserved. Deploy with AccountConcurrency=1000 and"
            + " ReservedConcurrency=0 or at most 450 (900 with one door).");
    assertLine(result, "ok        public URL               IAM's simulation allows");
    assertEquals(
        Set.of("GetCallerIdentity", "GetRole", SIMULATE, SETTINGS), new TreeSet<>(aws.names()));
  }

  @Test
  void theSimulationIsAboutAUrlWithoutAuthenticationAndTheRoleWithItsPath() {
    before();
    var body = aws.calls().getLast().body();
    for (var part :
        List.of(
            "PolicySourceArn=arn:aws:iam::123456789012:role/teams/Operator",
            "ActionNames.member.1=lambda:CreateFunctionUrlConfig",
            "ContextEntries.member.1.ContextKeyName=lambda:FunctionUrlAuthType",
            "ContextEntries.member.1.ContextKeyValues.member.1=NONE",
            "ResourceArns.member.1=arn:aws:lambda:eu-central-1:123456789012:function:chatgate-")) {
      assertTrue(body.contains(part), body);
    }
  }

  @Test
  void requestsAreSignedForTheirServices() {
    before();
    for (var call : aws.calls()) {
      var scope =
          call.name().equals(SETTINGS)
              ? "/eu-central-1/lambda/"
              : call.name().equals("GetCallerIdentity") ? "/eu-central-1/sts/" : "/us-east-1/iam/";
      assertTrue(call.authorization().contains(scope), call.toString());
    }
  }

  @Test
  void aUserIsSimulatedByItsOwnArn() {
    caller("arn:aws:iam::123456789012:user/teams/ann");
    assertEquals(0, before().exitCode());
    assertFalse(aws.names().contains("GetRole"));
    assertTrue(
        aws.calls()
            .getLast()
            .body()
            .contains("PolicySourceArn=arn:aws:iam::123456789012:user/teams/ann"));
  }

  @Test
  void theRootUserCannotBeSimulated() {
    caller("arn:aws:iam::123456789012:root");
    var result = before();
    assertEquals(0, result.exitCode());
    assertLine(result, "not seen  public URL               IAM can simulate users and roles only");
  }

  @Test
  void aNewAccountsLimitIsAWarningWithTheParameters() {
    limits(10, 10);
    var result = before();
    assertEquals(0, result.exitCode());
    assertLine(
        result,
        "warn      concurrency              All functions of the account may have 10 instances"
            + " together, 10 of them are unreserved. A new account often has 10 instead of 1,000;"
            + " both doors and the reconciler share them. Deploy with AccountConcurrency=10 and"
            + " ReservedConcurrency=0, since AWS keeps 100");
    assertTrue(result.out().contains("Service Quotas, AWS Lambda, \"Concurrent executions\"."));
  }

  @Test
  void whatOthersReservedIsNotThere() {
    limits(1_000, 100);
    assertLine(before(), "warn      concurrency ");
    limits(1_000, 103);
    assertTrue(before().out().contains("ReservedConcurrency=0 or at most 1 (3 with one door)"));
  }

  @Test
  void whereTheOrganisationForbidsPublicUrlsOneDoorIsAdvised() {
    decision("implicitDeny", "<AllowedByOrganizations>false</AllowedByOrganizations>");
    var result = before();
    assertEquals(1, result.exitCode());
    assertLine(
        result,
        "FAIL      public URL               The organisation's policies forbid function URLs without"
            + " authentication. Deploy with Doors=api");
  }

  @Test
  void credentialsThatMayNotCreateAUrlAreAWarning() {
    for (var denied : List.of("implicitDeny", "explicitDeny")) {
      decision(denied, "");
      var result = before();
      assertEquals(0, result.exitCode());
      assertLine(result, "warn      public URL               These credentials may not create");
    }
  }

  /** What cannot be seen is never fine. */
  @Test
  void withoutPermissionNothingIsSeen() {
    aws.answers(SETTINGS, 403, "{\"Message\":\"User is not authorized\"}");
    aws.answers(
        SIMULATE, 403, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>");
    var result = before();
    assertEquals(0, result.exitCode());
    assertLine(
        result,
        "not seen  concurrency              These credentials have no permission for"
            + " lambda:GetAccountSettings.");
    assertLine(
        result,
        "not seen  public URL               These credentials have no permission for"
            + " iam:SimulatePrincipalPolicy.");
    aws.answers("GetRole", 403, "");
    assertLine(
        before(),
        "not seen  public URL               These credentials have no permission for iam:GetRole.");
  }

  @Test
  void answersThatDoNotComeOrCannotBeReadAreNotSeen() {
    aws.hangsUp(SETTINGS);
    aws.hangsUp(SIMULATE);
    var silent = before();
    assertEquals(0, silent.exitCode(), silent.err());
    assertLine(silent, "not seen  concurrency              Lambda did not answer");
    assertLine(silent, "not seen  public URL               IAM did not answer");
    for (var body :
        List.of("", "<html>", "{\"AccountLimit\":{}}", "{\"AccountLimit\":{\"ConcurrentExecu")) {
      aws.answers(SETTINGS, 200, body);
      aws.answers(SIMULATE, 200, body);
      var malformed = before();
      assertEquals(0, malformed.exitCode(), malformed.err());
      assertLine(malformed, "not seen  concurrency              Lambda's answer");
      assertLine(malformed, "not seen  public URL               IAM's answer");
    }
    aws.answers(SETTINGS, 404, "");
    aws.answers(SIMULATE, 400, "");
    var unknown = before();
    assertLine(unknown, "not seen  concurrency              Lambda does not know");
    assertLine(unknown, "not seen  public URL               IAM answered HTTP 400");
  }

  @Test
  void aServerErrorIsAskedAgain() {
    aws.answers(SETTINGS, 500, "");
    assertLine(before(), "not seen  concurrency              Lambda answered HTTP 500");
    assertEquals(3, aws.names().stream().filter(SETTINGS::equals).count());
  }

  @Test
  void withoutAnAccountItCannotBegin() {
    aws.answers(
        "GetCallerIdentity",
        403,
        "<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>The security token is"
            + " invalid.</Message></Error></ErrorResponse>");
    assertEquals(
        new Result(
            2, "", "STS returned HTTP 403 InvalidClientTokenId: The security token is invalid.\n"),
        before());
    aws.answers(
        "GetCallerIdentity",
        403,
        "<ErrorResponse><Error><Code>ExpiredToken</Code></Error></ErrorResponse>");
    assertTrue(before().err().startsWith("The AWS login has expired"), before().err());
    aws.hangsUp("GetCallerIdentity");
    assertEquals(new Result(2, "", "Cannot connect to STS in eu-central-1.\n"), before());
  }

  @Test
  void theOptionsSayWhereRegionAndCredentialsComeFrom() {
    var result =
        new CommandRunner()
            .with("AWS_ACCESS_KEY_ID", "local")
            .run("doctor", "--before", "--region", "us-west-2");
    assertTrue(
        result.out().contains("in us-west-2 (--region)")
            && result.out().contains("(AWS_ACCESS_KEY_ID)."),
        result.out());
  }

  @Test
  void jsonHasTheSameChecks() {
    decision("allowed", "<AllowedByOrganizations>false</AllowedByOrganizations>");
    aws.answers(SETTINGS, 403, "");
    var result = before("--json");
    assertEquals(1, result.exitCode());
    assertTrue(result.out().startsWith("[\n"), result.out());
    for (var part : List.of("\"ok\"", "\"not_seen\"", "\"fail\"", "\"check\" : \"concurrency\"")) {
      assertTrue(result.out().contains(part), result.out());
    }
  }

  @Test
  void theLocalDeploymentHasNoAccount() {
    var result = before("--local");
    assertEquals(0, result.exitCode());
    assertEquals(3, result.lines().size());
    assertTrue(
        result.lines().stream()
            .allMatch(line ->
                line.startsWith("not seen  ")
                    && line.endsWith("The local deployment has no AWS account.")));
    assertEquals(List.of(), aws.calls());
  }

  @Test
  void otherOptionsDoNotGoWithIt() {
    assertEquals(
        new Result(
            2,
            "",
            "--before cannot be combined with --model, --url, --fix or --remove-leftovers.\n"),
        before("--fix"));
  }

  /** The names of the actions are those of the policy, and those that the findings name. */
  @Test
  void eachActionIsCalled() {
    before();
    var called = new TreeSet<String>();
    called.add(aws.names().contains("GetRole") ? "iam:GetRole" : "");
    called.add(aws.names().contains(SIMULATE) ? "iam:SimulatePrincipalPolicy" : "");
    called.add(aws.names().contains(SETTINGS) ? "lambda:GetAccountSettings" : "");
    assertEquals(new TreeSet<>(ACCOUNT_ACTIONS), called);
  }
}

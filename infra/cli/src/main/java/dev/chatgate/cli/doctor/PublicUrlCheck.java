package dev.chatgate.cli.doctor;

import dev.chatgate.cli.deployment.SignedRequests;
import dev.chatgate.cli.deployment.SignedRequests.Response;
import dev.chatgate.cli.deployment.SignedRequests.Service;
import java.io.IOException;
import java.util.Map;

/**
 * Whether policies allow these credentials to create a function URL without authentication. IAM
 * simulates it, by <a
 * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html">SimulatePrincipalPolicy</a>;
 * nothing is created.
 */
final class PublicUrlCheck {
  private static final String CHECK = "public URL";
  private static final String VERSION = "2010-05-08";
  private static final String ACTION = "lambda:CreateFunctionUrlConfig";
  private static final int FORBIDDEN = 403;
  private static final String ONLY_API = "Deploy with Doors=api, which has no function URL.";

  private final SignedRequests requests;
  private final Findings findings;

  PublicUrlCheck(SignedRequests requests, Findings findings) {
    this.requests = requests;
    this.findings = findings;
  }

  void run(Caller caller) {
    switch (principal(caller)) {
      case Look.NotSeen<String>(String reason) -> findings.notSeen(CHECK, reason);
      case Look.Seen<String>(String arn) -> simulate(caller, arn);
    }
  }

  /** IAM simulates users and roles. A session's ARN does not contain the path of its role. */
  private Look<String> principal(Caller caller) {
    if (caller.user().isPresent()) {
      return new Look.Seen<>(caller.user().get());
    }
    if (caller.role().isEmpty()) {
      return new Look.NotSeen<>(
          "IAM can simulate users and roles only, not "
              + caller.arn()
              + ". Whether guardrails forbid public function URLs is not known.");
    }
    var form = Map.of("Action", "GetRole", "Version", VERSION, "RoleName", caller.role().get());
    return ask("iam:GetRole", form, "Arn");
  }

  private Look<String> ask(String action, Map<String, String> form, String element) {
    Response response;
    try {
      response = requests.post(Service.IAM, form);
    } catch (IOException e) {
      return new Look.NotSeen<>("IAM did not answer " + action + ".");
    }
    if (!response.isOk()) {
      return new Look.NotSeen<>(refusal(action, response.status()));
    }
    var value = response.xmlTexts().getOrDefault(element, "").strip();
    return value.isEmpty()
        ? new Look.NotSeen<>("IAM's answer to " + action + " cannot be read.")
        : new Look.Seen<>(value);
  }

  private static String refusal(String action, int status) {
    return status == FORBIDDEN
        ? "These credentials have no permission for "
            + action
            + ". Whether guardrails forbid public function URLs is not known."
        : "IAM answered HTTP " + status + " to " + action + ".";
  }

  private void simulate(Caller caller, String principal) {
    var form =
        Map.of(
            "Action",
            "SimulatePrincipalPolicy",
            "Version",
            VERSION,
            "PolicySourceArn",
            principal,
            "ActionNames.member.1",
            ACTION,
            "ResourceArns.member.1",
            "arn:%s:lambda:%s:%s:function:chatgate-dev-StreamFunction"
                .formatted(caller.partition(), requests.region(), caller.account()),
            "ContextEntries.member.1.ContextKeyName",
            "lambda:FunctionUrlAuthType",
            "ContextEntries.member.1.ContextKeyType",
            "string",
            "ContextEntries.member.1.ContextKeyValues.member.1",
            "NONE");
    Response response;
    try {
      response = requests.post(Service.IAM, form);
    } catch (IOException e) {
      findings.notSeen(CHECK, "IAM did not answer iam:SimulatePrincipalPolicy.");
      return;
    }
    if (!response.isOk()) {
      findings.notSeen(CHECK, refusal("iam:SimulatePrincipalPolicy", response.status()));
      return;
    }
    var texts = response.xmlTexts();
    judge(
        texts.getOrDefault("EvalDecision", "").strip(),
        texts.getOrDefault("AllowedByOrganizations", "").strip());
  }

  private void judge(String decision, String organization) {
    if (organization.equals("false")) {
      findings.fail(
          CHECK,
          "The organisation's policies forbid function URLs without authentication. " + ONLY_API);
      return;
    }
    switch (decision) {
      case "allowed" ->
          findings.ok(
              CHECK,
              "IAM's simulation allows a function URL without authentication. It does not look at"
                  + " resource control policies, nor at Lambda's own settings.");
      case "explicitDeny", "implicitDeny" ->
          findings.warn(
              CHECK,
              "These credentials may not create a function URL without authentication ("
                  + decision
                  + "). Use others for the deployment, or no function URL: Doors=api.");
      default ->
          findings.notSeen(CHECK, "IAM's answer to iam:SimulatePrincipalPolicy cannot be read.");
    }
  }
}

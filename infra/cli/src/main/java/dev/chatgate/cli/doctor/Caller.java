package dev.chatgate.cli.doctor;

import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.deployment.AwsErrorMessages;
import dev.chatgate.cli.deployment.SignedRequests;
import dev.chatgate.cli.deployment.SignedRequests.Service;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Who the credentials belong to, by <a
 * href="https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html">GetCallerIdentity</a>,
 * which needs no permission.
 *
 * @param account the account's ID
 * @param arn the ARN of the user, or of the session of a role
 */
record Caller(String account, String arn) {
  private static final Pattern SESSION =
      Pattern.compile("arn:[^:]+:sts::\\d+:assumed-role/([^/]+)/.*");

  private static final Pattern USER = Pattern.compile("arn:[^:]+:iam::\\d+:user/.+");

  /**
   * Asks STS.
   *
   * @throws CommandException if there is no usable answer; without an account nothing can be
   *     checked
   */
  static Caller ask(SignedRequests requests) {
    SignedRequests.Response response;
    try {
      response =
          requests.post(
              Service.STS, Map.of("Action", "GetCallerIdentity", "Version", "2011-06-15"));
    } catch (IOException e) {
      throw CommandException.error("Cannot connect to STS in " + requests.region() + ".");
    }
    var texts = response.xmlTexts();
    var account = texts.getOrDefault("Account", "").strip();
    var arn = texts.getOrDefault("Arn", "").strip();
    if (response.isOk() && !account.isEmpty() && !arn.isEmpty()) {
      return new Caller(account, arn);
    }
    throw CommandException.error(
        AwsErrorMessages.ofExpiredCredentials(texts.getOrDefault("Code", "").strip())
            .orElseGet(() ->
                "STS returned HTTP %d %s: %s"
                    .formatted(
                        response.status(),
                        texts.getOrDefault("Code", "").strip(),
                        texts.getOrDefault("Message", "").strip())));
  }

  /** The name of the role, if this is a session of one. */
  Optional<String> role() {
    var session = SESSION.matcher(arn);
    return session.matches() ? Optional.of(session.group(1)) : Optional.empty();
  }

  /** The ARN of the user, if this is one. The root user is none. */
  Optional<String> user() {
    return USER.matcher(arn).matches() ? Optional.of(arn) : Optional.empty();
  }

  /** The partition of the ARN, such as {@code aws}. */
  String partition() {
    return arn.split(":", -1)[1];
  }
}

package dev.chatgate.cli.deployment;

import dev.chatgate.StoreUnavailableException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Messages for failed AWS calls. */
public final class AwsErrorMessages {
  private static final String LOG_IN =
      "The AWS login has expired or is missing: log in with the AWS CLI (aws login or aws sso"
          + " login).";

  /** What the SDK says of logins in lower case: of the browser login, and of single sign-on. */
  private static final List<String> LOGIN_PROBLEMS =
      List.of("expired", "re-authenticate", "reauthenticate", "unable to load sso token");

  private static final Set<String> EXPIRED = Set.of("ExpiredToken", "ExpiredTokenException");
  private static final String USE_ITS_CREDENTIALS =
      "chatgate does not know this kind of AWS profile, such as that of aws login. Put its"
          + " credentials into the environment, and leave out --profile: eval \"$(aws configure"
          + " export-credentials --profile NAME --format env)\"";

  private static final String MISSING_MODULE = "service module must be on the class path";
  private static final Pattern NO_CREDENTIALS =
      Pattern.compile(
          "Profile file contained no credentials for profile '(.*?)'.*", Pattern.DOTALL);

  private static final int MAX_DETAIL_LENGTH = 300;

  private AwsErrorMessages() {}

  /**
   * The message for an exception.
   *
   * @return empty if the exception was not caused by an AWS call
   */
  public static Optional<String> messageFor(Throwable exception) {
    var operation =
        exception instanceof StoreUnavailableException ? " while " + exception.getMessage() : "";
    return causes(exception)
        .filter(SdkException.class::isInstance)
        .findFirst()
        .map(cause -> ofSdkException((SdkException) cause, operation))
        .or(() -> ofMissingModule(exception))
        .or(() -> ofDamagedItem(exception));
  }

  /**
   * The message for an error code, if it means that the operator has to log in again.
   *
   * @param code an error code of any AWS service
   */
  public static Optional<String> ofExpiredCredentials(String code) {
    return EXPIRED.contains(code) ? Optional.of(LOG_IN) : Optional.empty();
  }

  /** The SDK loads the module for a profile's kind of login by name, and has several. */
  private static Optional<String> ofMissingModule(Throwable exception) {
    return causes(exception)
            .anyMatch(cause -> String.valueOf(cause.getMessage()).contains(MISSING_MODULE))
        ? Optional.of(USE_ITS_CREDENTIALS)
        : Optional.empty();
  }

  private static Optional<String> ofDamagedItem(Throwable exception) {
    return exception instanceof StoreUnavailableException
        ? Optional.of("Failed while " + exception.getMessage() + ".")
        : Optional.empty();
  }

  private static String ofSdkException(SdkException exception, String operation) {
    if (exception instanceof AwsServiceException service && service.awsErrorDetails() != null) {
      var details = service.awsErrorDetails();
      return ofExpiredCredentials(String.valueOf(details.errorCode()))
          .orElseGet(() ->
              "%s returned %s%s: %s"
                  .formatted(
                      details.serviceName(),
                      details.errorCode(),
                      operation,
                      firstLine(String.valueOf(details.errorMessage()))));
    }
    if (causes(exception).anyMatch(AwsErrorMessages::isConnectionFailure)) {
      return "Cannot connect to AWS"
          + operation
          + ". With --local, check that mvn -Plocal is running.";
    }
    return ofClientMessage(String.valueOf(exception.getMessage()), operation);
  }

  private static String ofClientMessage(String message, String operation) {
    if (message.contains("Unable to load region")) {
      return "No AWS region is set: use --region, or set AWS_REGION.";
    }
    if (message.contains("Unable to load credentials")) {
      return "No AWS credentials found: log in with the AWS CLI, or use --profile.";
    }
    var profile = NO_CREDENTIALS.matcher(message);
    if (profile.matches()) {
      return "The profile " + profile.group(1) + " has no credentials: log in with the AWS CLI.";
    }
    var lowerCase = message.toLowerCase(Locale.ROOT);
    if (LOGIN_PROBLEMS.stream().anyMatch(lowerCase::contains)) {
      return LOG_IN;
    }
    return "The AWS call failed" + operation + ": " + firstLine(message);
  }

  private static boolean isConnectionFailure(Throwable cause) {
    return cause instanceof ConnectException || cause instanceof UnknownHostException;
  }

  private static String firstLine(String message) {
    var line = message.lines().findFirst().orElse("").strip();
    return line.length() > MAX_DETAIL_LENGTH ? line.substring(0, MAX_DETAIL_LENGTH) + "…" : line;
  }

  private static Stream<Throwable> causes(Throwable first) {
    return Stream.iterate(first, cause -> cause != null, Throwable::getCause);
  }
}

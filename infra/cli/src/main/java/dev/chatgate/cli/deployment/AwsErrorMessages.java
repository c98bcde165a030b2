package dev.chatgate.cli.deployment;

import dev.chatgate.StoreUnavailableException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Messages for failed AWS calls. */
public final class AwsErrorMessages {
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
        .or(() -> ofDamagedItem(exception));
  }

  private static Optional<String> ofDamagedItem(Throwable exception) {
    return exception instanceof StoreUnavailableException
        ? Optional.of("Failed while " + exception.getMessage() + ".")
        : Optional.empty();
  }

  private static String ofSdkException(SdkException exception, String operation) {
    if (exception instanceof AwsServiceException service && service.awsErrorDetails() != null) {
      var details = service.awsErrorDetails();
      return "%s returned %s%s: %s"
          .formatted(
              details.serviceName(),
              details.errorCode(),
              operation,
              firstLine(String.valueOf(details.errorMessage())));
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

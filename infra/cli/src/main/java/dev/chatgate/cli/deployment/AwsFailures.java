package dev.chatgate.cli.deployment;

import dev.chatgate.StoreUnavailableException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Says in a sentence what went wrong between here and AWS. */
public final class AwsFailures {
  private static final int LONGEST = 300;

  private AwsFailures() {}

  /**
   * The sentence for a failure.
   *
   * @return empty if it has nothing to do with AWS
   */
  public static Optional<String> sentence(Throwable failure) {
    var while_ =
        failure instanceof StoreUnavailableException ? " while " + failure.getMessage() : "";
    return causes(failure)
        .filter(SdkException.class::isInstance)
        .findFirst()
        .map(cause -> of((SdkException) cause, while_))
        .or(() -> damaged(failure));
  }

  private static Optional<String> damaged(Throwable failure) {
    return failure instanceof StoreUnavailableException
        ? Optional.of("Could not go on while " + failure.getMessage() + ".")
        : Optional.empty();
  }

  private static String of(SdkException failure, String when) {
    if (failure instanceof AwsServiceException answer && answer.awsErrorDetails() != null) {
      var details = answer.awsErrorDetails();
      return "%s answered %s%s: %s"
          .formatted(
              details.serviceName(),
              details.errorCode(),
              when,
              firstLine(String.valueOf(details.errorMessage())));
    }
    if (causes(failure).anyMatch(AwsFailures::isNoConnection)) {
      return "Nothing answers where AWS should be"
          + when
          + "; with --local, is mvn -Plocal running?";
    }
    return ofTheClient(String.valueOf(failure.getMessage()), when);
  }

  private static String ofTheClient(String message, String when) {
    if (message.contains("Unable to load region")) {
      return "No AWS region is set: say --region, or set AWS_REGION.";
    }
    if (message.contains("Unable to load credentials")) {
      return "No AWS credentials are found: log in as for the AWS CLI, or say --profile.";
    }
    return "AWS could not be asked" + when + ": " + firstLine(message);
  }

  private static boolean isNoConnection(Throwable cause) {
    return cause instanceof ConnectException || cause instanceof UnknownHostException;
  }

  private static String firstLine(String message) {
    var line = message.lines().findFirst().orElse("").strip();
    return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
  }

  private static Stream<Throwable> causes(Throwable first) {
    return Stream.iterate(first, cause -> cause != null, Throwable::getCause);
  }
}

package dev.chatgate.aws.dynamodb;

import dev.chatgate.StoreUnavailableException;
import java.time.DateTimeException;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Tells the ways apart in which a request can fail: surely not done or unknown, and whether a
 * second try can succeed.
 */
public final class StoreErrors {
  private static final int FIRST_SERVER_ERROR = 500;
  private static final int MAX_CODE_LENGTH = 64;

  /** The reason of what was stored and cannot be read. */
  private static final String DAMAGED = "damaged item";

  /**
   * Beside throttling and clock skew, the codes of a 4xx that AWS's table of DynamoDB's errors
   * calls worth a retry, and those about credentials, for the next attempt may sign with newer
   * ones. All others say the same again: a request that is malformed or too large, not allowed, or
   * about a table that is not there.
   */
  private static final Set<String> MAY_PASS =
      Set.of(
          "ExpiredTokenException",
          "ItemCollectionSizeLimitExceededException",
          "LimitExceededException",
          "PriorRequestNotComplete",
          "ReplicatedWriteConflictException",
          "RequestTimeout",
          "RequestTimeoutException",
          "TransactionConflictException",
          "TransactionInProgressException",
          "UnrecognizedClientException");

  private StoreErrors() {}

  /**
   * Whether DynamoDB said that it did nothing: every 4xx, throttling among them. A 5xx and
   * everything that is no answer at all leave it open.
   */
  public static boolean saysNotDone(SdkException failure) {
    return failure instanceof AwsServiceException answer
        && answer.statusCode() < FIRST_SERVER_ERROR;
  }

  /** Whether the same request cannot succeed at a second try. */
  public static boolean isPermanent(SdkException failure) {
    return saysNotDone(failure)
        && failure instanceof AwsServiceException answer
        && !answer.isThrottlingException()
        && !answer.isClockSkewException()
        && isOfDynamoDb(answer)
        && !MAY_PASS.contains(code(answer));
  }

  /**
   * The domain's form of a failure.
   *
   * @param what the operation
   * @param failure what the SDK threw
   */
  public static StoreUnavailableException unavailable(String what, SdkException failure) {
    return new StoreUnavailableException(what, failure, reason(failure), isPermanent(failure));
  }

  /**
   * Reads what the store answered. What cannot be read is damaged: the call ends as with a store
   * that is away. The exception that tells how names the item's bytes; only its class and place are
   * kept.
   *
   * @param what the operation
   * @param reading throws if it meets what it does not expect
   * @throws StoreUnavailableException if it is damaged
   */
  public static <T> T read(String what, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (IllegalStateException
        | IllegalArgumentException
        | ArithmeticException
        | DateTimeException
        | NullPointerException e) {
      var where = new IllegalStateException(e.getClass().getName());
      where.setStackTrace(e.getStackTrace());
      throw new StoreUnavailableException(what + ": " + DAMAGED, where, DAMAGED, true);
    }
  }

  /** A proxy on the way answers without a code, and says nothing about a second try. */
  private static boolean isOfDynamoDb(AwsServiceException answer) {
    return !code(answer).isEmpty();
  }

  /** The error's code, or its class: a message may quote what was sent. */
  private static String reason(SdkException failure) {
    var code = failure instanceof AwsServiceException answer ? code(answer) : "";
    boolean isPlain = !code.isEmpty() && code.chars().allMatch(StoreErrors::isLetter);
    return isPlain && code.length() <= MAX_CODE_LENGTH ? code : failure.getClass().getName();
  }

  private static boolean isLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static String code(AwsServiceException answer) {
    var details = answer.awsErrorDetails();
    var code = details == null ? null : details.errorCode();
    return code == null ? "" : code;
  }
}

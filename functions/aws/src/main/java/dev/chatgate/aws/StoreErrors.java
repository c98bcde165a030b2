package dev.chatgate.aws;

import dev.chatgate.StoreUnavailableException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Tells apart the two ways in which a write can fail: surely not done, and nobody knows. */
public final class StoreErrors {
  private static final int FIRST_SERVER_ERROR = 500;

  private StoreErrors() {}

  /**
   * Whether DynamoDB said that it did nothing: every 4xx, throttling among them. A 5xx and
   * everything that is no answer at all leave it open.
   */
  public static boolean saysNotDone(SdkException failure) {
    return failure instanceof AwsServiceException answer
        && answer.statusCode() < FIRST_SERVER_ERROR;
  }

  /**
   * The domain's form of a failure.
   *
   * @param what the operation
   * @param failure what the SDK threw
   */
  public static StoreUnavailableException unavailable(String what, SdkException failure) {
    return new StoreUnavailableException(what, failure);
  }
}

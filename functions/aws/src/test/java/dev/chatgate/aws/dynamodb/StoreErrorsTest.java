package dev.chatgate.aws.dynamodb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

class StoreErrorsTest {
  private static SdkException answer(int status, String code) {
    var details = AwsErrorDetails.builder().errorCode(code).errorMessage("SECRET").build();
    return DynamoDbException.builder()
        .statusCode(status)
        .awsErrorDetails(details)
        .message("SECRET")
        .build();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
        "LimitExceededException",
        "ItemCollectionSizeLimitExceededException",
        "ReplicatedWriteConflictException",
        "TransactionConflictException",
        "TransactionInProgressException",
        "RequestTimeTooSkewed",
        "ExpiredTokenException",
        "UnrecognizedClientException"
      })
  void whatMayPassIsRepeated(String code) {
    assertTrue(StoreErrors.saysNotDone(answer(400, code)));
    assertFalse(StoreErrors.isPermanent(answer(400, code)));
    assertEquals(code, StoreErrors.unavailable("writing", answer(400, code)).reason());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ValidationException",
        "AccessDeniedException",
        "ResourceNotFoundException",
        "ResourceInUseException",
        "IncompleteSignatureException",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "RequestEntityTooLarge",
        "SerializationException",
        "SomethingNew"
      })
  void whatCannotPassIsNot(String code) {
    assertTrue(StoreErrors.isPermanent(answer(400, code)));
    assertTrue(StoreErrors.unavailable("writing", answer(403, code)).isPermanent());
  }

  /** Of a proxy on the way, for one: it says nothing about a second try. */
  @Test
  void anAnswerWithoutACodeMayPass() {
    assertFalse(StoreErrors.isPermanent(answer(403, "")));
    assertFalse(StoreErrors.isPermanent(answer(408, "")));
  }

  @Test
  void whereNoAnswerCameNothingIsKnown() {
    var failures =
        new SdkException[] {
          answer(500, "InternalServerError"),
          answer(503, "ServiceUnavailable"),
          answer(503, "ValidationException"),
          ApiCallTimeoutException.create(5),
          SdkClientException.create("Unable to execute HTTP request: SECRET")
        };
    for (var failure : failures) {
      assertFalse(StoreErrors.saysNotDone(failure));
      assertFalse(StoreErrors.isPermanent(failure));
      assertFalse(StoreErrors.unavailable("writing", failure).reason().contains("SECRET"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"with space", "new\nline", "quote\"", "\u00fc"})
  void aStrangeCodeIsNotLogged(String code) {
    assertEquals(
        DynamoDbException.class.getName(),
        StoreErrors.unavailable("writing", answer(400, code)).reason());
  }
}

package dev.chatgate.streaming;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The metadata of one invocation, from the Runtime API's headers.
 *
 * @param requestId Lambda's id of the invocation, the one in its log lines
 * @param deadline when Lambda ends the invocation, by its clock (wall-clock time; never derive a
 *     {@code nanoTime} from it before a snapshot)
 * @param functionArn the ARN by which the function was called, alias or version included
 * @param traceId the X-Ray trace header of this invocation ({@code Root=…;Parent=…;Sampled=…})
 * @param clientContext JSON of AWS's mobile SDKs, unchanged
 * @param cognitoIdentity JSON of AWS's mobile SDKs, unchanged
 */
public record InvocationContext(
    String requestId,
    Instant deadline,
    String functionArn,
    Optional<String> traceId,
    Optional<String> clientContext,
    Optional<String> cognitoIdentity) {

  /** An invocation without the two values of AWS's mobile SDKs; handy in tests of a handler. */
  public InvocationContext(
      String requestId, Instant deadline, String functionArn, Optional<String> traceId) {
    this(requestId, deadline, functionArn, traceId, Optional.empty(), Optional.empty());
  }

  /** Time left until the deadline, negative once it has passed. */
  public Duration remaining(InstantSource clock) {
    return Duration.between(clock.instant(), deadline);
  }
}

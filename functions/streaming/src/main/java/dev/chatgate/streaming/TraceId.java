package dev.chatgate.streaming;

import java.util.Optional;
import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

/** Publishes the current invocation's trace header to the AWS SDK and the X-Ray SDK. */
interface TraceId {

  /** Sets the trace header for the invocation that begins; an empty value clears it. */
  void set(Optional<String> header);

  /** For one invocation at a time: sets the system property that the X-Ray SDK reads. */
  final class OfProcess implements TraceId {

    private static final String PROPERTY = "com.amazonaws.xray.traceHeader";

    @Override
    public void set(Optional<String> header) {
      if (header.isPresent()) {
        System.setProperty(PROPERTY, header.get());
      } else {
        System.clearProperty(PROPERTY);
      }
    }
  }

  /**
   * For several invocations at a time, where a system property would mix them up. Sets the
   * thread-local value that the AWS SDK reads and that AWS's own runtime client sets in the same
   * way.
   */
  final class OfThread implements TraceId {

    private static final String KEY = "AWS_LAMBDA_X_TRACE_ID";

    @Override
    public void set(Optional<String> header) {
      try {
        if (header.isPresent()) {
          SdkInternalThreadLocal.put(KEY, header.get());
        } else {
          SdkInternalThreadLocal.remove(KEY);
        }
      } catch (NoClassDefFoundError e) {
        // The runtime client is older than 2.8; then no SDK on this class path reads the value.
      }
    }
  }
}

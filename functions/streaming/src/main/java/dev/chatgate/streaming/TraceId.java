package dev.chatgate.streaming;

import java.util.Optional;
import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

/** Where the AWS SDK and the X-Ray SDK look for the current invocation's trace header. */
interface TraceId {

  /** Sets it for the invocation that begins, or clears it. */
  void set(Optional<String> header);

  /** One invocation at a time: the system property that the X-Ray SDK reads. */
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
   * Several invocations at a time: a property would be the last one's for all of them. The AWS SDK
   * reads this thread-local instead, which AWS's own runtime client sets the same way.
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
        // A runtime client older than 2.8: no SDK on this class path reads it either.
      }
    }
  }
}

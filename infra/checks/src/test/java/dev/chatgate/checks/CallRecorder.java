package dev.chatgate.checks;

import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

/**
 * Prints every call that the SDK makes: service, operation, and what it is about. Put into a
 * package beside the functions' own jars, it is in all of their clients, for the SDK looks for such
 * classes by itself.
 */
public final class CallRecorder implements ExecutionInterceptor {
  /** Begins each line. */
  static final String MARK = "recorded call ";

  /** The file in which the SDK looks for the names of such classes. */
  static final String REGISTRY = "software/amazon/awssdk/global/handlers/execution.interceptors";

  @Override
  public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
    String subject = field(context, "TableName") + field(context, "SecretId");
    String index = field(context, "IndexName");
    System.out.println(
        MARK
            + attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME)
            + "|"
            + attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME)
            + "|"
            + subject
            + (index.isEmpty() ? "" : "/index/" + index));
  }

  private static String field(Context.BeforeExecution context, String name) {
    return context.request().getValueForField(name, String.class).orElse("");
  }
}

package dev.chatgate.checks;

import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

/**
 * An interceptor that prints every call of the AWS SDK: service, operation and resource. It only
 * has to be added to a package: the SDK discovers interceptors on the class path and adds them to
 * all clients.
 */
public final class CallRecorder implements ExecutionInterceptor {
  /** Prefix of each line. */
  static final String MARK = "recorded call ";

  /** The resource with the names of interceptors that the SDK loads. */
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

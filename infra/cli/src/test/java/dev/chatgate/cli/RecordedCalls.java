package dev.chatgate.cli;

import dev.chatgate.aws.dynamodb.Tables;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;

/**
 * The AWS calls of commands in this process, as actions and resources of IAM policies. The SDK
 * finds this interceptor by a resource and adds it to all clients; calls of the tests themselves
 * are not recorded.
 */
public final class RecordedCalls implements ExecutionInterceptor {
  private static final Map<String, String> RESOURCES =
      Map.of(
          Tables.LOCAL.tenants(),
          "TenantsTable",
          Tables.LOCAL.quota(),
          "QuotaTable",
          Tables.LOCAL.usage(),
          "UsageTable",
          "chatgate/provider",
          "ProviderSecret",
          "chatgate/signing",
          "SigningSecret");

  private static final Queue<Recorded> CALLS = new ConcurrentLinkedQueue<>();
  private static volatile @Nullable String command;

  private record Recorded(String command, String action) {}

  /** Runs a command and records its calls. */
  static int during(String line, IntSupplier run) {
    var before = command;
    command = line;
    try {
      return run.getAsInt();
    } finally {
      command = before;
    }
  }

  /** Runs what a test does while a command waits. */
  static void outside(Runnable run) {
    var before = command;
    command = null;
    try {
      run.run();
    } finally {
      command = before;
    }
  }

  static void forget() {
    CALLS.clear();
  }

  /** The actions of some commands. */
  static Set<String> of(Predicate<String> commands) {
    return CALLS.stream()
        .filter(call -> commands.test(call.command()))
        .map(Recorded::action)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Override
  public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
    var running = command;
    if (running != null) {
      var service =
          attributes
              .getAttribute(SdkExecutionAttribute.SERVICE_NAME)
              .replace(" ", "")
              .toLowerCase(Locale.ROOT);
      var operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
      actions(context.request(), operation)
          .forEach(action -> CALLS.add(new Recorded(running, service + ":" + action)));
    }
  }

  /** IAM has no action for a transaction: it needs those of its parts. */
  private static Stream<String> actions(SdkRequest request, String operation) {
    if (request instanceof TransactWriteItemsRequest transaction) {
      return transaction.transactItems().stream().flatMap(RecordedCalls::parts);
    }
    var index = field(request, "IndexName");
    return Stream.of(
        operation
            + " "
            + resource(field(request, "TableName") + field(request, "SecretId"))
            + (index.isEmpty() ? "" : "/index/" + index));
  }

  private static Stream<String> parts(TransactWriteItem item) {
    return Stream.of(
            part("PutItem", item.put() == null ? "" : item.put().tableName()),
            part("UpdateItem", item.update() == null ? "" : item.update().tableName()),
            part("DeleteItem", item.delete() == null ? "" : item.delete().tableName()),
            part(
                "ConditionCheckItem",
                item.conditionCheck() == null ? "" : item.conditionCheck().tableName()))
        .flatMap(part -> part);
  }

  private static Stream<String> part(String action, String table) {
    return table.isEmpty() ? Stream.empty() : Stream.of(action + " " + resource(table));
  }

  private static String resource(String name) {
    return RESOURCES.getOrDefault(name, name);
  }

  private static String field(SdkRequest request, String name) {
    return request.getValueForField(name, String.class).orElse("");
  }
}

package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.fail;

import dev.chatgate.aws.usage.DynamoUsageRecords;
import dev.chatgate.local.LocalStack;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The end users in the usage records of a local stack, in alphabetical order, one for each call;
 * {@code (none)} for a call without one. A call may be settled after its answer, so each method
 * waits.
 */
final class RecordedUsers {
  private static final int MAX_LOOKS = 5_000;

  private RecordedUsers() {}

  /** Waits until a tenant has records of that many calls. */
  static List<String> await(LocalStack stack, String tenant, int calls) {
    return await(stack, tenant, users -> users.size() >= calls);
  }

  /** Waits until a tenant has a record of a call for that end user. */
  static List<String> await(LocalStack stack, String tenant, String user) {
    return await(stack, tenant, users -> users.contains(user));
  }

  private static List<String> await(
      LocalStack stack, String tenant, Predicate<List<String>> complete) {
    try (var dynamoDb = stack.dynamoDb()) {
      var records =
          new DynamoUsageRecords(
              dynamoDb, stack.tables(), Duration.ofSeconds(10), Duration.ofDays(1));
      var users = read(records, tenant);
      for (int look = 0; look < MAX_LOOKS && !complete.test(users); look++) {
        users = read(records, tenant);
      }
      return complete.test(users) ? users : fail("the records of " + tenant + " have " + users);
    }
  }

  private static List<String> read(DynamoUsageRecords records, String tenant) {
    var users = new ArrayList<String>();
    var now = Instant.now();
    records.forEach(
        new TenantId(tenant),
        now.minus(Duration.ofDays(1)),
        now.plusSeconds(1),
        record -> users.add(record.call().flatMap(UsageRecord.Call::endUser).orElse("(none)")));
    return users.stream().sorted().toList();
  }
}

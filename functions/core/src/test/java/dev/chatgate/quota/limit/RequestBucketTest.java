package dev.chatgate.quota.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.quota.Calls;
import dev.chatgate.quota.item.Buckets;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.ReservationEntry;
import dev.chatgate.tenant.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The two writes of the request bucket on every state that they may meet. */
class RequestBucketTest {
  private static final long LIMIT = 60;
  private static final long SECOND = 1_000_000_000L;
  private static final long OVERLAP = SECOND / 4;
  private static final long ROOM = Buckets.FULL_NANOS - SECOND;
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final long NOW = Buckets.nanosOf(NOON);

  private final RequestBucket bucket = new RequestBucket(Limits.REQUESTS_PER_MINUTE);

  private static QuotaItem item(long tat) {
    return new ItemUpdate.Builder()
        .put(ItemNames.REQUESTS_TAT, tat)
        .build()
        .applyTo(QuotaItem.EMPTY);
  }

  private static AdmissionAttempt attempt(QuotaItem item) {
    var quota = Calls.limits().requestsPerMinute(LIMIT).quota();
    var claim = Calls.claim(new Random(1), new TenantId("acme"), quota, 10, NOON.plusSeconds(5));
    var entry = new ReservationEntry(1, 10, 10, 0, NOON.getEpochSecond(), 90, 20_000, 1, 1);
    return new AdmissionAttempt(claim, claim.tenantLevel(), entry, item, NOON);
  }

  private ItemUpdate writeAfterSeeing(QuotaItem item) {
    var write = new ItemUpdate.Builder();
    bucket.admit(write, LIMIT, attempt(item));
    return write.build();
  }

  @Test
  void theWriteThatExtendsIsDoneFromTheOverlapToTheLastRequestThatFits() {
    var extend = writeAfterSeeing(item(NOW));
    assertEquals(NOW + SECOND, extend.applyTo(item(NOW)).number(ItemNames.REQUESTS_TAT));
    assertEquals(
        List.of(false, true, true, true, true, false),
        List.of(-OVERLAP - 1, -OVERLAP, 0L, SECOND, ROOM, ROOM + 1).stream()
            .map(ahead -> extend.holdsFor(item(NOW + ahead)))
            .toList());
  }

  @Test
  void theWriteThatSetsIsDoneOnAnEmptyBucket() {
    for (var seen : List.of(QuotaItem.EMPTY, item(NOW - OVERLAP))) {
      var set = writeAfterSeeing(seen);
      assertEquals(NOW + SECOND, set.applyTo(seen).number(ItemNames.REQUESTS_TAT));
      assertTrue(set.holdsFor(QuotaItem.EMPTY));
      assertEquals(
          List.of(true, true, true, false, false),
          List.of(-3_600 * SECOND, -OVERLAP, -1L, 0L, SECOND).stream()
              .map(ahead -> set.holdsFor(item(NOW + ahead)))
              .toList());
    }
  }

  /** A refusal is given exactly where neither of the two writes can be done. */
  @Test
  void aRequestIsRefusedWhereNeitherWriteIsDone() {
    var writes = List.of(writeAfterSeeing(QuotaItem.EMPTY), writeAfterSeeing(item(NOW)));
    for (long ahead : List.of(-OVERLAP - 1, -OVERLAP, -1L, 0L, ROOM, ROOM + 1, ROOM + SECOND)) {
      var state = item(NOW + ahead);
      boolean isPossible = writes.stream().anyMatch(write -> write.holdsFor(state));
      assertEquals(isPossible, bucket.refusal(LIMIT, attempt(state)).isEmpty(), ahead + " ns");
    }
  }
}

package dev.chatgate.gateway.call;

import dev.chatgate.RequestId;
import dev.chatgate.StoreUnavailableException;
import dev.chatgate.quota.Admission;
import dev.chatgate.quota.Claim;
import dev.chatgate.quota.Ledger;
import dev.chatgate.quota.LedgerListener;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.UsageRecord;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Keeps what the ledger tells of a call until the call's line takes it, which is at once: the
 * ledger tells on the calling thread, before it returns.
 */
public final class LedgerNotes implements LedgerListener {
  private final Map<String, Integer> attempts = new ConcurrentHashMap<>();
  private final Map<String, UsageRecord> records = new ConcurrentHashMap<>();
  private final Map<String, String> rejections = new ConcurrentHashMap<>();
  private final Consumer<TenantId> healed;

  /**
   * @param healed gets each tenant with a bucket that was lowered
   */
  public LedgerNotes(Consumer<TenantId> healed) {
    this.healed = healed;
  }

  @Override
  public void admissionEnded(Claim claim, Admission admission, int tried) {
    attempts.put(claim.requestId().value(), tried);
  }

  @Override
  public void settlementEnded(UsageRecord record, Ledger.Settlement settlement) {
    record.call().ifPresent(call -> records.put(call.requestId(), record));
  }

  @Override
  public void recordRejected(UsageRecord record, RuntimeException cause) {
    var reason =
        cause instanceof StoreUnavailableException failure
            ? failure.reason()
            : cause.getClass().getName();
    record.call().ifPresent(call -> rejections.put(call.requestId(), reason));
  }

  @Override
  public void bucketHealed(TenantId tenant) {
    healed.accept(tenant);
  }

  /** How often the call's admission was tried; 0 if no look at the store was needed. */
  Optional<Integer> takeAttempts(RequestId call) {
    return Optional.ofNullable(attempts.remove(call.value()));
  }

  /** Why the store does not take the call's record, if it said so. */
  Optional<String> takeRejection(RequestId call) {
    return Optional.ofNullable(rejections.remove(call.value()));
  }

  /** The record that the call wanted. */
  Optional<UsageRecord> takeRecord(RequestId call) {
    return Optional.ofNullable(records.remove(call.value()));
  }
}

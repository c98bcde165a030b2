package dev.chatgate.quota.settle;

import dev.chatgate.RequestId;
import dev.chatgate.quota.item.QuotaKey;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageTotals;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A change of what a record charged. Its identity is the corrected record, {@code madeAt}, and
 * whether the call brought it itself: the same correction, made again, has no effect.
 *
 * @param item the quota item that it is admitted at and moves
 * @param corrected the record that charged something else than what is true
 * @param difference what is true, less what was charged so far; its calls are not looked at
 * @param bucketNanos what the token bucket is charged, 0 and up: a bucket gives nothing back
 * @param endUserBucketNanos what the end user's token bucket is charged, if the corrected record
 *     has an end user's share; 0 and up
 * @param madeAt when it was first asked for, whole seconds
 * @param reason why, in the operator's words; absent if the call brought the correction itself
 * @param call what is known of the call, if it brought the correction itself
 */
public record Correction(
    QuotaKey item,
    UsageRecord corrected,
    UsageTotals difference,
    long bucketNanos,
    long endUserBucketNanos,
    Instant madeAt,
    Optional<String> reason,
    Optional<UsageRecord.Call> call) {
  private static final int RADIX = 36;

  /** Cuts the time to whole seconds. */
  public Correction {
    madeAt = madeAt.truncatedTo(ChronoUnit.SECONDS);
    if (bucketNanos < 0 || endUserBucketNanos < 0) {
      throw new IllegalArgumentException("a bucket gives nothing back");
    }
  }

  /** An operator's correction: windows and records move, the minute's bucket does not. */
  public static Correction byOperator(
      UsageRecord corrected, UsageTotals difference, Instant madeAt, String reason) {
    return new Correction(
        QuotaKey.of(corrected.key().tenant()),
        corrected,
        difference,
        0,
        0,
        madeAt,
        Optional.of(reason),
        Optional.empty());
  }

  /** The end user's item, if the corrected call was held there too: it is corrected as well. */
  Optional<QuotaKey> endUserItem() {
    return corrected.endUser().map(share -> item.ofEndUser(share.endUser()));
  }

  /** The identity of the correction's own record. */
  public UsageRecord.Key key() {
    return new UsageRecord.Key(corrected.key().tenant(), madeAt, id());
  }

  /**
   * Derived from what its identity is; as long as any reservation's id. A call's own correction is
   * distinct from an operator's of the same second, else its usage would be dropped as done
   * already.
   */
  private String id() {
    var by = call.isPresent() ? "#call" : "";
    var text = corrected.key().id() + '#' + madeAt.getEpochSecond() + by;
    var digits = new BigInteger(1, sha256(text)).toString(RADIX);
    return digits.substring(digits.length() - RequestId.RESERVATION_ID_LENGTH);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

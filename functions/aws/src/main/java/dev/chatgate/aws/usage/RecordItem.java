package dev.chatgate.aws.usage;

import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.tenant.EndUserHash;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.CallFacts;
import dev.chatgate.usage.EndUserShare;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecord.Call;
import dev.chatgate.usage.UsageRecord.Corrected;
import dev.chatgate.usage.UsageRecord.PriceUsed;
import dev.chatgate.usage.UsageTotals;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A usage record as an item: {@code pk} the tenant, {@code sk} {@code call#TIME#ID} with the time
 * of the call's first attempt in whole UTC seconds. {@link Critical} says how one of a later
 * release is read.
 */
final class RecordItem {
  static final String SORT_PREFIX = "call#";

  static final String END_USER = "end_user";
  static final String END_USER_HASH = "end_user_hash";

  /** All that links a record to an end user. */
  static final List<String> END_USER_ATTRIBUTES =
      List.of(
          END_USER,
          END_USER_HASH,
          "end_user_attempt",
          "end_user_day",
          "end_user_about",
          "end_user_bucket_ns");

  private static final Set<String> ATTRIBUTES =
      Set.of(
          Tables.HASH_KEY,
          Tables.RANGE_KEY,
          Tables.USAGE_TTL,
          "kind",
          "attempt",
          "day",
          "model",
          "key_code",
          "requests",
          "prompt_tokens",
          "cached_tokens",
          "completion_tokens",
          "micro_usd",
          "estimated",
          "reserved_tokens",
          "reserved_micro_usd",
          "bucket_ns",
          "overrun",
          "decided_at",
          "corrects",
          "request_id",
          "key_name",
          END_USER,
          END_USER_HASH,
          "end_user_attempt",
          "end_user_day",
          "end_user_about",
          "end_user_bucket_ns",
          "prompt_estimate",
          "completion_reserve",
          "raw_usage",
          "price",
          "status",
          "stream",
          "client_retries",
          "upstream_model",
          "duration_ms",
          "error_code",
          "first_token_ms",
          Critical.NAME);

  private RecordItem() {}

  static Map<String, AttributeValue> key(UsageRecord.Key key) {
    return Map.of(
        Tables.HASH_KEY,
        AttributeValue.fromS(key.tenant().value()),
        Tables.RANGE_KEY,
        AttributeValue.fromS(sortKey(key.admittedAt()) + '#' + key.id()));
  }

  /** All sort keys of this second and later are above it. */
  static String sortKey(Instant admittedAt) {
    return SORT_PREFIX + Instant.ofEpochSecond(admittedAt.getEpochSecond());
  }

  static Map<String, AttributeValue> write(UsageRecord record, Instant expiresAt) {
    var item =
        new Item.Writer()
            .text("kind", kindName(record.kind()))
            .number("attempt", record.attempt())
            .text("day", record.day().toString())
            .text("model", record.model())
            .number("key_code", record.keyCode())
            .number("reserved_tokens", record.reservedTokens())
            .number("reserved_micro_usd", record.reservedMicroUsd())
            .number("bucket_ns", record.bucketNanos())
            .flag("overrun", record.overrun())
            .text("decided_at", record.decidedAt().toString())
            .number(Tables.USAGE_TTL, expiresAt.getEpochSecond());
    TallyItem.write(item, record.charged());
    record.corrected().ifPresent(corrected -> write(item, corrected));
    record.call().ifPresent(call -> write(item, call));
    record.endUser().ifPresent(share -> write(item, share));
    item.values().putAll(key(record.key()));
    return item.values();
  }

  private static void write(Item.Writer item, Corrected corrected) {
    var corrects =
        new Item.Writer()
            .text("at", corrected.key().admittedAt().toString())
            .text("id", corrected.key().id())
            .text("day", corrected.day().toString());
    corrected.reason().ifPresent(reason -> corrects.text("reason", reason));
    item.map("corrects", corrects);
  }

  private static void write(Item.Writer item, EndUserShare share) {
    item.text(END_USER_HASH, share.endUser().toString())
        .number("end_user_attempt", share.attempt())
        .text("end_user_day", share.day().toString())
        .text("end_user_about", share.about().toString())
        .number("end_user_bucket_ns", share.bucketNanos());
  }

  private static void write(Item.Writer item, Call call) {
    item.text("request_id", call.requestId())
        .text("key_name", call.keyName())
        .number("prompt_estimate", call.promptEstimate())
        .number("completion_reserve", call.completionReserve());
    call.endUser().ifPresent(id -> item.text(END_USER, id));
    call.rawUsage().ifPresent(raw -> item.text("raw_usage", raw));
    call.price().ifPresent(price -> write(item, price));
    write(item, call.facts());
  }

  private static void write(Item.Writer item, CallFacts facts) {
    item.number("status", facts.status())
        .flag("stream", facts.stream())
        .number("client_retries", facts.clientRetries())
        .text("upstream_model", facts.upstreamModel())
        .number("duration_ms", facts.duration().toMillis());
    facts.errorCode().ifPresent(code -> item.text("error_code", code));
    facts.timeToFirstToken().ifPresent(time -> item.number("first_token_ms", time.toMillis()));
  }

  private static void write(Item.Writer item, PriceUsed price) {
    item.map("price", PriceItem.write(price.tier()).text("from", price.from().toString()));
  }

  static UsageRecord read(Map<String, AttributeValue> values) {
    Critical.requireKnown(values, ATTRIBUTES::contains, "a usage record");
    var item = new Item(values);
    return new UsageRecord(
        readKey(item),
        kind(item.text("kind")),
        item.small("attempt"),
        LocalDate.parse(item.text("day")),
        item.text("model"),
        item.small("key_code"),
        TallyItem.read(item),
        item.number("reserved_tokens"),
        item.number("reserved_micro_usd"),
        item.number("bucket_ns"),
        item.flag("overrun"),
        Instant.parse(item.text("decided_at")),
        readCorrected(item),
        readCall(item),
        readShare(item));
  }

  private static Optional<EndUserShare> readShare(Item item) {
    return item.has(END_USER_HASH)
        ? Optional.of(
            new EndUserShare(
                EndUserHash.parse(item.text(END_USER_HASH)),
                item.small("end_user_attempt"),
                LocalDate.parse(item.text("end_user_day")),
                LocalDate.parse(item.text("end_user_about")),
                item.number("end_user_bucket_ns")))
        : Optional.empty();
  }

  private static UsageRecord.Kind kind(String name) {
    return Arrays.stream(UsageRecord.Kind.values())
        .filter(kind -> kindName(kind).equals(name))
        .findFirst()
        .orElse(UsageRecord.Kind.UNKNOWN);
  }

  private static String kindName(UsageRecord.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static UsageRecord.Key readKey(Item item) {
    var sort = item.text(Tables.RANGE_KEY);
    int separator = sort.lastIndexOf('#');
    return new UsageRecord.Key(
        new TenantId(item.text(Tables.HASH_KEY)),
        Instant.parse(sort.substring(SORT_PREFIX.length(), separator)),
        sort.substring(separator + 1));
  }

  private static Optional<Corrected> readCorrected(Item item) {
    if (!item.has("corrects")) {
      return Optional.empty();
    }
    var corrects = item.map("corrects");
    var key =
        new UsageRecord.Key(
            new TenantId(item.text(Tables.HASH_KEY)),
            Instant.parse(corrects.text("at")),
            corrects.text("id"));
    return Optional.of(
        new Corrected(key, LocalDate.parse(corrects.text("day")), corrects.optionalText("reason")));
  }

  private static Optional<Call> readCall(Item item) {
    return item.has("request_id")
        ? Optional.of(
            new Call(
                item.text("request_id"),
                item.text("key_name"),
                item.optionalText(END_USER),
                readFacts(item),
                item.number("prompt_estimate"),
                item.number("completion_reserve"),
                item.optionalText("raw_usage"),
                readPrice(item)))
        : Optional.empty();
  }

  private static CallFacts readFacts(Item item) {
    return new CallFacts(
        item.small("status"),
        item.optionalText("error_code"),
        item.flag("stream"),
        item.small("client_retries"),
        item.text("upstream_model"),
        item.has("first_token_ms")
            ? Optional.of(Duration.ofMillis(item.number("first_token_ms")))
            : Optional.empty(),
        Duration.ofMillis(item.number("duration_ms")));
  }

  private static Optional<PriceUsed> readPrice(Item item) {
    if (!item.has("price")) {
      return Optional.empty();
    }
    var price = item.map("price");
    return Optional.of(
        new PriceUsed(LocalDate.parse(price.text("from")), PriceItem.readTier(price)));
  }

  /** The sums of a tally as attributes, in records and day rows alike. */
  static final class TallyItem {
    private TallyItem() {}

    static void write(Item.Writer item, UsageTotals tally) {
      item.number("requests", tally.calls())
          .number("prompt_tokens", tally.prompt())
          .number("cached_tokens", tally.cached())
          .number("completion_tokens", tally.completion())
          .number("micro_usd", tally.microUsd())
          .number("estimated", tally.estimated());
    }

    static UsageTotals read(Item item) {
      return new UsageTotals(
          item.number("requests"),
          item.number("prompt_tokens"),
          item.number("cached_tokens"),
          item.number("completion_tokens"),
          item.number("micro_usd"),
          item.number("estimated"));
    }
  }
}

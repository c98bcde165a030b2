package dev.chatgate.aws.usage;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.tenant.TenantId;
import dev.chatgate.usage.CallFacts;
import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.UsageRecord;
import dev.chatgate.usage.UsageRecord.Call;
import dev.chatgate.usage.UsageRecord.PriceUsed;
import dev.chatgate.usage.UsageTotals;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A record is one write unit, the third of a call beside the quota item's two, which {@code
 * LedgerContract} counts. Sizes as the Developer Guide gives them ("DynamoDB item sizes").
 */
class RecordSizeTest {
  private static final int BYTES_A_UNIT = 1_024;

  /** The whole object of a provider that tells every detail. */
  private static final String USAGE =
      "{\"prompt_tokens\":1024,\"completion_tokens\":512,\"total_tokens\":1536,"
          + "\"prompt_tokens_details\":{\"cached_tokens\":256,\"audio_tokens\":0},"
          + "\"completion_tokens_details\":{\"reasoning_tokens\":128,\"audio_tokens\":0}}";

  @Test
  void theUsualRecordIsOneWriteUnit() {
    var item = RecordItem.write(record(), Instant.parse("2027-12-28T12:00:00Z"));

    int bytes = bytes(item);

    assertTrue(bytes <= BYTES_A_UNIT, bytes + " bytes: " + item.keySet());
  }

  private static UsageRecord record() {
    var price = new ModelPrice.Tier(0, 1_000_000, OptionalLong.of(500_000), 2_000_000);
    return new UsageRecord(
        new UsageRecord.Key(
            new TenantId("a-tenant-of-twenty-ch"),
            Instant.parse("2026-11-24T00:00:00Z"),
            "0123456789ab"),
        UsageRecord.Kind.CALL,
        123_456,
        LocalDate.of(2026, 11, 24),
        "provider/model-of-30-characters",
        12,
        new UsageTotals(1, 1_024, 256, 512, 1_920_123, 0),
        5_120,
        9_216_000,
        12_345_678_901L,
        false,
        Instant.parse("2026-11-24T00:00:03.123456789Z"),
        Optional.empty(),
        Optional.of(
            new Call(
                "req_0123456789abcdef01234567",
                "a key's name",
                Optional.of("f".repeat(36)),
                new CallFacts(
                    200,
                    Optional.empty(),
                    true,
                    0,
                    "provider/model-of-30-characters",
                    Optional.of(Duration.ofMillis(432)),
                    Duration.ofMillis(3_123)),
                1_024,
                4_096,
                Optional.of(USAGE),
                Optional.of(new PriceUsed(LocalDate.of(2026, 1, 1), price)))));
  }

  private static int bytes(Map<String, AttributeValue> attributes) {
    return attributes.entrySet().stream()
        .mapToInt(attribute -> bytes(attribute.getKey()) + bytes(attribute.getValue()))
        .sum();
  }

  private static int bytes(AttributeValue value) {
    return switch (value.type()) {
      case S -> bytes(value.s());
      // A byte for every two digits and one more; at most.
      case N -> Math.ceilDiv(value.n().length(), 2) + 1;
      case BOOL -> 1;
      case M -> 3 + value.m().size() + bytes(value.m());
      default -> throw new IllegalArgumentException("a record has no " + value.type());
    };
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}

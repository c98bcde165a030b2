package dev.chatgate.aws.keyset;

import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.keyset.StoredKeySet;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The stored form of a key set, as {@link DynamoKeySetStore} describes it. */
final class KeySetItem {
  static final String SOURCE = "source";
  static final String KEYS = "keys";
  static final String FETCHED_AT = "fetched_at";
  static final String FETCHING_UNTIL = "fetching_until";
  static final String NO_FETCH_BEFORE = "no_fetch_before";

  private static final String PREFIX = "keyset#";
  private static final Set<String> KNOWN =
      Set.of(Tables.HASH_KEY, SOURCE, KEYS, FETCHED_AT, FETCHING_UNTIL, NO_FETCH_BEFORE);

  private KeySetItem() {}

  /** The key of the item. No tenant's quota item has it: there a short number follows the mark. */
  static Map<String, AttributeValue> keyOf(String source) {
    return Map.of(Tables.HASH_KEY, AttributeValue.fromS(PREFIX + hash(source)));
  }

  private static String hash(String source) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(source.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static AttributeValue millis(Instant instant) {
    return AttributeValue.fromN(Long.toString(instant.toEpochMilli()));
  }

  /**
   * Checks the list of names that a reader must know.
   *
   * @throws dev.chatgate.StoreUnavailableException if one is not known
   */
  static void requireKnown(Map<String, AttributeValue> item) {
    Critical.requireKnown(item, KNOWN::contains, "a key set");
  }

  static StoredKeySet read(Map<String, AttributeValue> item) {
    requireKnown(item);
    var keys = Optional.ofNullable(item.get(KEYS)).map(AttributeValue::s);
    var fetchedAt = instant(item, FETCHED_AT);
    // One of them alone says nothing.
    boolean isFetched = keys.isPresent() && fetchedAt.isPresent();
    return new StoredKeySet(
        isFetched ? keys : Optional.empty(),
        isFetched ? fetchedAt : Optional.empty(),
        instant(item, FETCHING_UNTIL),
        instant(item, NO_FETCH_BEFORE).orElse(Instant.EPOCH));
  }

  private static Optional<Instant> instant(Map<String, AttributeValue> item, String name) {
    return Optional.ofNullable(item.get(name))
        .map(value -> Instant.ofEpochMilli(Long.parseLong(value.n())));
  }
}

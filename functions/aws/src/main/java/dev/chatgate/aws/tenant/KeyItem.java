package dev.chatgate.aws.tenant;

import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.TenantId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A key's item in the Tenants table: {@link TenantStore} says what is where. Its list {@link
 * Critical#NAME} is a set of strings, so that a writer can add and remove a name without reading
 * the item.
 *
 * @param tenant the tenant that it belongs to
 * @param name its name in the tenant
 * @param code its number in the tenant
 * @param expiresAt from when on it is unknown; absent means never
 * @param scopes what it may be used for
 */
public record KeyItem(
    TenantId tenant, String name, int code, Optional<Instant> expiresAt, Set<Scope> scopes) {
  /** What the key may be used for: a list of strings; absent means {@link Scope#DEFAULT}. */
  public static final String SCOPES = "scopes";

  private static final String TENANT = "tenant";
  private static final String NAME = "name";
  private static final Set<String> ATTRIBUTES =
      Set.of(
          Tables.HASH_KEY,
          Tables.RANGE_KEY,
          TENANT,
          NAME,
          TenantItem.CODE,
          TenantItem.EXPIRES_AT,
          SCOPES,
          Critical.NAME);

  /** Copies the set. */
  public KeyItem {
    scopes = Set.copyOf(scopes);
  }

  /**
   * Reads a key's item.
   *
   * @throws dev.chatgate.StoreUnavailableException if it has a critical attribute that is not known
   */
  public static KeyItem read(Map<String, AttributeValue> item) {
    Critical.requireKnown(item, ATTRIBUTES::contains, "a key");
    return new KeyItem(
        new TenantId(TenantItem.string(item, TENANT)),
        TenantItem.string(item, NAME),
        Integer.parseInt(TenantItem.number(item, TenantItem.CODE)),
        Optional.ofNullable(item.get(TenantItem.EXPIRES_AT)).map(at -> Instant.parse(at.s())),
        scopes(item));
  }

  /** A scope of a later release is left out: what is not known is not allowed. */
  private static Set<Scope> scopes(Map<String, AttributeValue> item) {
    var stored = item.get(SCOPES);
    return stored == null
        ? Scope.DEFAULT
        : stored.l().stream()
            .map(AttributeValue::s)
            .flatMap(name -> Scope.of(name).stream())
            .collect(Collectors.toUnmodifiableSet());
  }
}

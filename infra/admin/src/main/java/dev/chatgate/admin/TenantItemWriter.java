package dev.chatgate.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.aws.tenant.StoredTenant;
import dev.chatgate.aws.tenant.TenantItem;
import dev.chatgate.aws.tenant.TenantItem.KeyEntry;
import dev.chatgate.tenant.Tenant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Writes a tenant's item. What a later release added to it is kept. */
final class TenantItemWriter {
  private TenantItemWriter() {}

  /** The whole item. */
  static Map<String, AttributeValue> write(TenantItem tenant) {
    var stored = tenant.stored();
    var config = Optional.ofNullable(stored.get(TenantItem.CONFIG)).map(AttributeValue::s);
    var item = new HashMap<>(stored);
    item.putAll(TenantItem.keyOf(tenant.tenant().id()));
    item.put(TenantItem.CONFIG, AttributeValue.fromS(config(tenant.tenant(), config)));
    item.put(TenantItem.KEYS, AttributeValue.fromM(keys(tenant)));
    item.put(TenantItem.NEXT_CODE, number(tenant.nextCode()));
    item.put(TenantItem.VERSION, number(tenant.version()));
    return item;
  }

  private static Map<String, AttributeValue> keys(TenantItem tenant) {
    var stored = tenant.stored().get(TenantItem.KEYS);
    var entries = new HashMap<String, AttributeValue>();
    tenant
        .keys()
        .forEach((name, key) ->
            entries.put(
                name, entry(key, Optional.ofNullable(stored).map(keys -> keys.m().get(name)))));
    return entries;
  }

  private static AttributeValue entry(KeyEntry key, Optional<AttributeValue> before) {
    var entry = new HashMap<String, AttributeValue>();
    before
        .map(AttributeValue::m)
        .filter(same -> TenantItem.entry(same).equals(key))
        .ifPresent(entry::putAll);
    entry.put(TenantItem.HASH, AttributeValue.fromS(key.hash().hex()));
    entry.put(TenantItem.CODE, number(key.code()));
    return AttributeValue.fromM(entry);
  }

  private static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }

  /**
   * Writes a configuration in the place of another.
   *
   * @param before what is stored: its unknown members are kept; absent for a new tenant
   */
  static String config(Tenant tenant, Optional<String> before) {
    var written = TenantJson.tree(tenant);
    before
        .map(text -> JsonValue.parse(text, "tenant").node())
        .ifPresent(stored -> {
          copyUnknown(
              stored.path(StoredTenant.QUOTA),
              StoredTenant.LIMITS,
              written.withObject("/" + StoredTenant.QUOTA));
          copyUnknown(stored, StoredTenant.MEMBERS, written);
        });
    return written.toString();
  }

  private static void copyUnknown(JsonNode from, Set<String> known, ObjectNode to) {
    from.properties()
        .forEach(member -> {
          var name = member.getKey();
          if (!known.contains(name) || name.equals(Critical.NAME)) {
            to.set(name, member.getValue());
          }
        });
  }
}

package dev.chatgate.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.aws.tenant.StoredIssuer;
import dev.chatgate.aws.tenant.StoredQuota;
import dev.chatgate.aws.tenant.StoredTenant;
import dev.chatgate.aws.tenant.StoredTier;
import dev.chatgate.aws.tenant.TenantItem;
import dev.chatgate.aws.tenant.TenantItem.KeyEntry;
import dev.chatgate.tenant.Tenant;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Writes a tenant's item. What a later release added to it is kept. */
final class TenantItemWriter {
  private TenantItemWriter() {}

  /**
   * The whole item.
   *
   * @param now the present, which is the time of creation of an item that is not stored yet
   */
  static Map<String, AttributeValue> write(TenantItem tenant, Instant now) {
    var stored = tenant.stored();
    var config = Optional.ofNullable(stored.get(TenantItem.CONFIG)).map(AttributeValue::s);
    var item = new HashMap<>(stored);
    item.putAll(TenantItem.keyOf(tenant.tenant().id()));
    item.put(TenantItem.CONFIG, AttributeValue.fromS(config(tenant.tenant(), config)));
    item.put(TenantItem.KEYS, AttributeValue.fromM(keys(tenant)));
    item.put(TenantItem.NEXT_CODE, number(tenant.nextCode()));
    item.put(TenantItem.VERSION, number(tenant.version()));
    if (stored.isEmpty()) {
      item.put(
          TenantItem.CREATED_AT,
          AttributeValue.fromS(now.truncatedTo(ChronoUnit.MILLIS).toString()));
    }
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
              StoredQuota.MEMBERS,
              written.withObject("/" + StoredTenant.QUOTA));
          copyUnknown(stored, StoredTenant.MEMBERS, written);
          written
              .path(StoredTenant.ISSUERS)
              .forEach(issuer ->
                  issuerOf(stored, issuer.path("issuer").asText())
                      .ifPresent(
                          same -> copyUnknown(same, StoredIssuer.MEMBERS, (ObjectNode) issuer)));
          written
              .path(StoredTenant.END_USER_TIERS)
              .properties()
              .forEach(tier ->
                  copyUnknown(
                      stored.path(StoredTenant.END_USER_TIERS).path(tier.getKey()),
                      StoredTier.MEMBERS,
                      (ObjectNode) tier.getValue()));
        });
    putCritical(written, tenant);
    return written.toString();
  }

  private static Optional<JsonNode> issuerOf(JsonNode stored, String url) {
    return StreamSupport.stream(stored.path(StoredTenant.ISSUERS).spliterator(), false)
        .filter(issuer -> issuer.path("issuer").asText().equals(url))
        .findFirst();
  }

  /** Lists what a release that does not know it must not ignore; such a one refuses the tenant. */
  private static void putCritical(ObjectNode written, Tenant tenant) {
    var names = new LinkedHashSet<String>();
    written.path(Critical.NAME).forEach(name -> names.add(name.asText()));
    critical(tenant)
        .forEach((name, isCritical) -> {
          if (isCritical) {
            names.add(name);
          } else {
            names.remove(name);
          }
        });
    if (names.isEmpty()) {
      written.remove(Critical.NAME);
    } else {
      names.forEach(written.putArray(Critical.NAME)::add);
    }
  }

  /**
   * Whether ignoring a member would allow a call that the tenant must not make: one that names no
   * end user; one above the end user's limits; one in the default tier by an end user whose login
   * names a smaller tier.
   */
  private static Map<String, Boolean> critical(Tenant tenant) {
    var critical = new LinkedHashMap<String, Boolean>();
    critical.put(StoredTenant.REQUIRE_END_USER, tenant.requireEndUser());
    critical.put(StoredTenant.END_USER_TIERS, !tenant.endUserTiers().isEmpty());
    critical.put(
        StoredTenant.ISSUERS + "." + StoredIssuer.TIER_CLAIM,
        tenant.issuers().stream().anyMatch(issuer -> issuer.tierClaim().isPresent()));
    return critical;
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

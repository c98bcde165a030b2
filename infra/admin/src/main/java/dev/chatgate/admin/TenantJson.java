package dev.chatgate.admin;

import static java.util.Comparator.comparing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.chatgate.aws.tenant.StoredQuota;
import dev.chatgate.aws.tenant.StoredTenant;
import dev.chatgate.aws.tenant.StoredTier;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.tenant.Limit;
import dev.chatgate.tenant.ModelName;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantIndex.Login;
import dev.chatgate.tenant.TenantStatus;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The JSON form of tenants in operators' hands: {@code
 * {"id","status","keys","quota","models","model_aliases","allowed_origins","require_end_user",
 * "issuers","end_user_tiers"}}, with keys like {@code {"name","secret","expires_at","scopes"}} and
 * issuers as in {@link IssuerJson}. {@code quota} has the limits and {@code warn_at}; each of the
 * {@code end_user_tiers} has the same members, and {@code models}. Reading is strict: an unknown or
 * repeated key, a wrong type or a number out of range is an error that names its path.
 */
public final class TenantJson {
  private static final int MICRO_DIGITS = 6;
  private static final Set<String> MEMBERS =
      Set.of(
          "id",
          "status",
          "keys",
          "quota",
          "models",
          "model_aliases",
          "allowed_origins",
          StoredTenant.REQUIRE_END_USER,
          StoredTenant.ISSUERS,
          StoredTenant.END_USER_TIERS);

  /** It is in claims, client secrets and on command lines. */
  private static final Pattern TIER_NAME =
      Pattern.compile("[\\x21-\\x7E]{1,%d}".formatted(EndUserTier.MAX_NAME_LENGTH));

  /** Maximum number of percents at which to warn. */
  public static final int MAX_WARNINGS = 10;

  private static final int HUNDRED_PERCENT = 100;

  private TenantJson() {}

  /**
   * Reads a list of tenants.
   *
   * @throws FormatException if the text is anything else
   */
  public static List<TenantSpec> readList(String json) {
    var specs = JsonValue.parse(json, "tenants").list(TenantJson::listed);
    requireDistinct(specs);
    return specs;
  }

  /** One of a list: what is wrong with it as a whole is said with its name. */
  private static TenantSpec listed(JsonValue json) {
    var members = Members.of(json);
    var path = members.id().map(id -> json.path() + " (" + id + ")").orElse(json.path());
    var spec = new JsonValue(path, json.node()).valid(members::spec);
    requireShortNames(json.path(), spec.tenant());
    return spec;
  }

  private static void requireDistinct(List<TenantSpec> specs) {
    var ids = new HashMap<TenantId, Integer>();
    var secrets = new HashMap<String, TenantId>();
    var logins = new HashMap<Login, TenantId>();
    for (int i = 0; i < specs.size(); i++) {
      var id = specs.get(i).tenant().id();
      var first = ids.putIfAbsent(id, i);
      if (first != null) {
        throw new FormatException(
            "tenants[%d].id: %s is the id of tenants[%d] too".formatted(i, id, first));
      }
      for (var key : specs.get(i).keys()) {
        var owner = secrets.putIfAbsent(key.secret(), id);
        if (owner != null) {
          throw new FormatException(
              "tenants[%d].keys: the key %s of tenant %s has the secret of a key of tenant %s"
                  .formatted(i, key.name(), id, owner));
        }
      }
      for (var login : Logins.of(specs.get(i).tenant())) {
        var owner = logins.putIfAbsent(login, id);
        if (owner != null) {
          throw new FormatException(
              "tenants[%d].issuers: the issuer %s with the audience %s belongs to tenant %s"
                  .formatted(i, login.issuer(), login.audience(), owner));
        }
      }
    }
  }

  /** Not asked of what is stored: earlier releases took longer names, which no call can use now. */
  private static void requireShortNames(String path, Tenant tenant) {
    tenant.models().orElse(List.of()).forEach(name -> requireShort(path + ".models", tenant, name));
    tenant
        .modelAliases()
        .forEach((alias, name) -> {
          requireShort(path + ".model_aliases", tenant, alias);
          requireShort(path + ".model_aliases", tenant, name);
        });
    tenant
        .endUserTiers()
        .forEach((tier, limits) ->
            limits
                .models()
                .orElse(List.of())
                .forEach(name ->
                    requireShort(
                        path + "." + StoredTenant.END_USER_TIERS + "." + tier + ".models",
                        tenant,
                        name)));
  }

  private static void requireShort(String path, Tenant tenant, String name) {
    if (ModelName.isTooLong(name)) {
      throw new FormatException(
          "%s: a model's name of tenant %s has more than %d bytes, which no call can use"
              .formatted(path, tenant.id(), ModelName.MAX_BYTES));
    }
  }

  /**
   * Reads one tenant, as it may be stored.
   *
   * @throws FormatException if the text is anything else
   */
  public static TenantSpec readOne(String json) {
    var root = JsonValue.parse(json, "tenant");
    return root.valid(Members.of(root)::spec);
  }

  /**
   * Reads what is to become of one tenant. Its {@code id} may be left out.
   *
   * @param json the whole tenant
   * @param id which it is
   * @throws FormatException if the text is anything else, or names another tenant
   */
  public static TenantEdit readEdit(String json, TenantId id) {
    var root = JsonValue.parse(json, "tenant");
    var members = Members.of(root);
    if (!id.equals(members.id().orElse(id))) {
      throw root.error(".id is not " + id);
    }
    var spec = root.valid(() -> members.specOf(id));
    requireShortNames(root.path(), spec.tenant());
    return new TenantEdit(spec.tenant(), members.keys());
  }

  /** Writes a tenant without its keys. */
  public static String write(Tenant tenant) {
    return tree(tenant).toString();
  }

  /** Writes the tiers of a tenant's end users. */
  public static String writeTiers(Tenant tenant) {
    return tiersTree(tenant).toString();
  }

  /** A tenant without its keys. */
  static ObjectNode tree(Tenant tenant) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("id", tenant.id().value());
    json.put("status", tenant.status() == TenantStatus.ACTIVE ? "active" : "suspended");
    json.set("quota", tree(tenant.quota()));
    putTexts(json, "models", tenant.models());
    var aliases = json.putObject("model_aliases");
    tenant.modelAliases().forEach(aliases::put);
    putTexts(json, "allowed_origins", tenant.allowedOrigins());
    if (tenant.requireEndUser()) {
      json.put(StoredTenant.REQUIRE_END_USER, true);
    }
    if (!tenant.issuers().isEmpty()) {
      json.set(StoredTenant.ISSUERS, IssuerJson.tree(tenant.issuers()));
    }
    if (!tenant.endUserTiers().isEmpty()) {
      json.set(StoredTenant.END_USER_TIERS, tiersTree(tenant));
    }
    return json;
  }

  private static ObjectNode tiersTree(Tenant tenant) {
    var json = JsonNodeFactory.instance.objectNode();
    tiersInOrder(tenant).forEach(tier -> json.set(tier.name(), tree(tier)));
    return json;
  }

  /** The tiers of a tenant, the default one first, then by name. */
  public static List<EndUserTier> tiersInOrder(Tenant tenant) {
    return tenant.endUserTiers().values().stream()
        .sorted(
            comparing((EndUserTier tier) -> !tier.name().equals(EndUserTier.DEFAULT))
                .thenComparing(EndUserTier::name))
        .toList();
  }

  private static ObjectNode tree(EndUserTier tier) {
    var json = tree(tier.quota());
    putTexts(json, StoredTier.MODELS, tier.models());
    return json;
  }

  private static ObjectNode tree(Quota quota) {
    var json = JsonNodeFactory.instance.objectNode();
    for (var limit : Limits.ALL.members()) {
      quota
          .get(limit)
          .ifPresent(value -> {
            if (limit.isMoney()) {
              json.put(limit.key(), BigDecimal.valueOf(value, MICRO_DIGITS));
            } else {
              json.put(limit.key(), value);
            }
          });
    }
    if (!quota.warnAt().isEmpty()) {
      quota.warnAt().forEach(json.putArray(StoredQuota.WARN_AT)::add);
    }
    return json;
  }

  private static void putTexts(ObjectNode json, String name, Optional<List<String>> texts) {
    texts.ifPresent(list -> {
      var array = json.putArray(name);
      list.forEach(array::add);
    });
  }

  /** The members of a tenant's object, each read and checked by itself. */
  private record Members(
      Optional<TenantId> id,
      TenantStatus status,
      Optional<List<TenantSpec.Key>> keys,
      Quota quota,
      Optional<List<String>> models,
      Map<String, String> aliases,
      Optional<List<String>> origins,
      boolean requireEndUser,
      List<Issuer> issuers,
      List<EndUserTier> endUserTiers) {

    static Members of(JsonValue json) {
      json.requireOnly(MEMBERS, " is not a key of a tenant");
      return new Members(
          json.get("id").map(TenantJson::id),
          json.get("status").map(TenantJson::status).orElse(TenantStatus.ACTIVE),
          json.get("keys").map(keys -> keys.list(TenantJson::key)),
          json.get("quota").map(TenantJson::quota).orElse(Quota.UNLIMITED),
          json.get("models").map(models -> models.list(JsonValue::text)),
          json.get("model_aliases").map(JsonValue::texts).orElse(Map.of()),
          json.get("allowed_origins").map(origins -> origins.list(JsonValue::text)),
          json.get(StoredTenant.REQUIRE_END_USER).map(JsonValue::flag).orElse(false),
          json.get(StoredTenant.ISSUERS).map(IssuerJson::readList).orElse(List.of()),
          json.get(StoredTenant.END_USER_TIERS).map(TenantJson::tiers).orElse(List.of()));
    }

    TenantSpec spec() {
      return specOf(id.orElseThrow(() -> new IllegalArgumentException("id is missing")));
    }

    TenantSpec specOf(TenantId tenant) {
      return new TenantSpec(
          new Tenant(tenant, status, quota, models, aliases, origins, requireEndUser, issuers)
              .withEndUserTiers(endUserTiers),
          keys.orElse(List.of()));
    }
  }

  private static TenantId id(JsonValue json) {
    String text = json.text();
    return json.valid(() -> new TenantId(text));
  }

  private static TenantStatus status(JsonValue json) {
    return switch (json.text()) {
      case "active" -> TenantStatus.ACTIVE;
      case "suspended" -> TenantStatus.SUSPENDED;
      default -> throw json.error(" must be \"active\" or \"suspended\"");
    };
  }

  private static TenantSpec.Key key(JsonValue json) {
    json.requireOnly(
        Set.of("name", "secret", "expires_at", "scopes"), " is not a key of a tenant's key");
    var name = text(json, "name");
    var secret = text(json, "secret");
    var expiresAt = json.get("expires_at").map(JsonValue::text);
    var scopes = json.get("scopes").map(TenantJson::scopes).orElse(Scope.DEFAULT);
    return json.valid(
        () -> new TenantSpec.Key(name, secret, expiresAt.map(TenantJson::instant), scopes));
  }

  private static String text(JsonValue json, String name) {
    return json.get(name).orElseThrow(() -> json.error(": " + name + " is missing")).text();
  }

  private static Set<Scope> scopes(JsonValue json) {
    var scopes = EnumSet.noneOf(Scope.class);
    for (var each : json.list(Function.identity())) {
      var scope =
          Scope.of(each.text()).orElseThrow(() -> each.error(" must be one of " + scopeNames()));
      if (!scopes.add(scope)) {
        throw each.error(" is there twice");
      }
    }
    return scopes;
  }

  private static String scopeNames() {
    return Scope.all().stream().map(Scope::wireName).collect(Collectors.joining(", "));
  }

  /** RFC 3339, UTC. */
  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("expires_at must be an RFC 3339 time in UTC", e);
    }
  }

  private static List<EndUserTier> tiers(JsonValue json) {
    var tiers = json.members().stream().map(member -> tier(json, member)).toList();
    if (json.get(EndUserTier.DEFAULT).isEmpty()) {
      throw json.error("." + EndUserTier.DEFAULT + " is missing: tenants with tiers need it");
    }
    return tiers;
  }

  private static EndUserTier tier(JsonValue tiers, Map.Entry<String, JsonValue> member) {
    var name = requireTierName(member.getKey(), tiers.path() + ": the name of a tier");
    var json = member.getValue();
    json.requireOnly(StoredTier.MEMBERS, " is not a key of a tier");
    return new EndUserTier(
        name,
        limits(json),
        json.get(StoredTier.MODELS).map(models -> models.list(JsonValue::text)));
  }

  /**
   * Checks the name of a tier.
   *
   * @param what names it in the exception
   * @return the name
   * @throws FormatException if it has another form; the message does not quote it
   */
  public static String requireTierName(String name, String what) {
    if (!TIER_NAME.matcher(name).matches()) {
      throw new FormatException(what + " must be 1 to 64 visible ASCII characters");
    }
    return name;
  }

  private static Quota quota(JsonValue json) {
    json.requireOnly(StoredQuota.MEMBERS, " is not a limit");
    return limits(json);
  }

  private static Quota limits(JsonValue json) {
    var limits = new HashMap<Limit, Long>();
    for (var limit : Limits.ALL.members()) {
      json.get(limit.key()).ifPresent(value -> limits.put(limit, value(value, limit)));
    }
    var warnAt = json.get(StoredQuota.WARN_AT).map(TenantJson::warnAt).orElse(List.of());
    return json.valid(() -> new Quota(limits, warnAt));
  }

  private static List<Integer> warnAt(JsonValue json) {
    var percents = json.list(TenantJson::percent);
    if (percents.size() > MAX_WARNINGS) {
      throw json.error(" must have at most " + MAX_WARNINGS + " entries");
    }
    for (int i = 1; i < percents.size(); i++) {
      if (percents.indexOf(percents.get(i)) < i) {
        throw json.error("[" + i + "] is there twice");
      }
    }
    return percents;
  }

  private static int percent(JsonValue json) {
    var node = json.node();
    if (!node.isInt() || node.intValue() < 1 || node.intValue() > HUNDRED_PERCENT) {
      throw json.error(" must be a whole number from 1 to " + HUNDRED_PERCENT);
    }
    return node.intValue();
  }

  private static long value(JsonValue json, Limit limit) {
    if (!limit.isMoney()) {
      if (!json.node().isIntegralNumber()) {
        throw json.error(" must be a whole number");
      }
      return json.number(0);
    }
    if (!json.node().isNumber()) {
      throw json.error(" must be a number of dollars");
    }
    return json.number(MICRO_DIGITS);
  }
}

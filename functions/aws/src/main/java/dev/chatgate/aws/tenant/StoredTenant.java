package dev.chatgate.aws.tenant;

import com.fasterxml.jackson.core.JsonParser;
import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.tenant.Limit;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a tenant as the Tenants table holds it: a JSON object {@code
 * {"id","status","quota","models","model_aliases","allowed_origins","require_end_user","issuers"}}.
 * Unlike an operator's input it may have been written by a later release, so that reading is
 * lenient: a member that is not known, at the top, in {@code quota} or in an issuer, is ignored,
 * and kept when the tenant is written again.
 *
 * <p>The exception: {@code "critical"} is a list of members that must not be ignored, like {@code
 * "end_user_tiers"}, {@code "quota.tokens_per_week"} or {@code "issuers.tier_claim"}. A reader that
 * does not know one of them refuses the tenant, because ignoring a limit would widen what the
 * tenant may do.
 *
 * <p>{@link Critical} has the rule for every stored form, and for their versions.
 */
public final class StoredTenant {
  private static final int MICRO_DIGITS = 6;

  /** The member with the limits. */
  public static final String QUOTA = "quota";

  /** Whether each metered call must name an end user: a boolean, false if absent. */
  public static final String REQUIRE_END_USER = "require_end_user";

  /** The member with the issuers: a list of objects that {@link StoredIssuer} reads. */
  public static final String ISSUERS = "issuers";

  /** The members that this release knows. */
  public static final Set<String> MEMBERS =
      Set.of(
          "id",
          "status",
          "keys",
          QUOTA,
          "models",
          "model_aliases",
          "allowed_origins",
          REQUIRE_END_USER,
          ISSUERS,
          Critical.NAME);

  private static final Map<String, Limit> LIMITS_BY_KEY =
      Limits.ALL.members().stream().collect(Collectors.toMap(Limit::key, Function.identity()));

  /** The members of {@link #QUOTA} that this release knows. */
  public static final Set<String> LIMITS = Set.copyOf(LIMITS_BY_KEY.keySet());

  private @Nullable TenantId id;
  private TenantStatus status = TenantStatus.ACTIVE;
  private final Map<Limit, Long> limits = new HashMap<>();
  private @Nullable List<String> models;
  private Map<String, String> aliases = Map.of();
  private @Nullable List<String> origins;
  private boolean requireEndUser;
  private List<Issuer> issuers = List.of();

  private StoredTenant() {}

  /**
   * Reads a configuration.
   *
   * @throws dev.chatgate.StoreUnavailableException if a critical member is not known
   * @throws IllegalStateException if the text is damaged; the message quotes nothing of it
   */
  public static Tenant read(String config) {
    var stored = new StoredTenant();
    try (var json = StoredJson.FACTORY.createParser(config)) {
      json.nextToken();
      StoredJson.object(json, stored::member);
      return stored.tenant();
    } catch (IOException | IllegalArgumentException e) {
      // Without the cause: its message may quote the text.
      throw new IllegalStateException("a tenant's stored configuration is damaged");
    }
  }

  private void member(String name, JsonParser json) throws IOException {
    switch (name) {
      case "id" -> id = new TenantId(StoredJson.string(json));
      case "status" -> status = status(StoredJson.string(json));
      case QUOTA -> StoredJson.object(json, this::limit);
      case "models" -> models = StoredJson.strings(json);
      case "model_aliases" -> aliases = StoredJson.stringsByName(json);
      case "allowed_origins" -> origins = StoredJson.strings(json);
      case REQUIRE_END_USER -> requireEndUser = StoredJson.flag(json);
      case ISSUERS -> issuers = StoredJson.list(json, StoredIssuer::read);
      case Critical.NAME -> requireKnown(StoredJson.strings(json));
      default -> json.skipChildren();
    }
  }

  private static TenantStatus status(String text) {
    return switch (text) {
      case "active" -> TenantStatus.ACTIVE;
      case "suspended" -> TenantStatus.SUSPENDED;
      default -> throw new IllegalArgumentException();
    };
  }

  private void limit(String name, JsonParser json) throws IOException {
    var limit = LIMITS_BY_KEY.get(name);
    if (limit == null) {
      json.skipChildren();
    } else {
      StoredJson.require(json.currentToken().isNumeric());
      limits.put(limit, exact(json.getDecimalValue(), limit.isMoney() ? MICRO_DIGITS : 0));
    }
  }

  private static long exact(BigDecimal number, int digits) {
    try {
      return number.movePointRight(digits).longValueExact();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static void requireKnown(List<String> critical) {
    Critical.requireKnown(critical, StoredTenant::isKnown, "a tenant");
  }

  private static boolean isKnown(String name) {
    if (name.startsWith(QUOTA + ".")) {
      return LIMITS.contains(name.substring(QUOTA.length() + 1));
    }
    return name.startsWith(ISSUERS + ".")
        ? StoredIssuer.MEMBERS.contains(name.substring(ISSUERS.length() + 1))
        : MEMBERS.contains(name);
  }

  private Tenant tenant() {
    return new Tenant(
        StoredJson.require(id),
        status,
        new Quota(limits),
        Optional.ofNullable(models),
        aliases,
        Optional.ofNullable(origins),
        requireEndUser,
        issuers);
  }
}

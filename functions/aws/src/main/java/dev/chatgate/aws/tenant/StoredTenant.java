package dev.chatgate.aws.tenant;

import com.fasterxml.jackson.core.JsonParser;
import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a tenant as the Tenants table holds it: a JSON object {@code
 * {"id","status","quota","models","model_aliases","allowed_origins","require_end_user","issuers",
 * "end_user_tiers"}}. Unlike an operator's input it may have been written by a later release, so
 * that reading is lenient: a member that is not known, at the top, in {@code quota}, in an issuer
 * or in a tier, is ignored, and kept when the tenant is written again.
 *
 * <p>The exception: {@code "critical"} is a list of members that must not be ignored, like {@code
 * "end_user_tiers"}, {@code "quota.tokens_per_week"}, {@code "issuers.tier_claim"} or, for a member
 * of any tier, {@code "end_user_tiers.tokens_per_week"}. A reader that does not know one of them
 * refuses the tenant, because ignoring a limit would widen what the tenant may do.
 *
 * <p>{@link Critical} has the rule for every stored form, and for their versions.
 */
public final class StoredTenant {
  /** The member with the limits. */
  public static final String QUOTA = "quota";

  /** Whether each metered call must name an end user: a boolean, false if absent. */
  public static final String REQUIRE_END_USER = "require_end_user";

  /** The member with the issuers: a list of objects that {@link StoredIssuer} reads. */
  public static final String ISSUERS = "issuers";

  /** The tiers of the end users: an object of objects that {@link StoredTier} reads. */
  public static final String END_USER_TIERS = "end_user_tiers";

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
          END_USER_TIERS,
          Critical.NAME);

  /** The objects whose members {@code critical} may name, and what this release knows of each. */
  private static final Map<String, Set<String>> MEMBERS_BY_OBJECT =
      Map.of(
          QUOTA, StoredQuota.MEMBERS,
          ISSUERS, StoredIssuer.MEMBERS,
          END_USER_TIERS, StoredTier.MEMBERS);

  private @Nullable TenantId id;
  private TenantStatus status = TenantStatus.ACTIVE;
  private final StoredQuota quota = new StoredQuota();
  private @Nullable List<String> models;
  private Map<String, String> aliases = Map.of();
  private @Nullable List<String> origins;
  private boolean requireEndUser;
  private List<Issuer> issuers = List.of();
  private final List<EndUserTier> endUserTiers = new ArrayList<>();

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
      case QUOTA -> StoredJson.object(json, quota::member);
      case "models" -> models = StoredJson.strings(json);
      case "model_aliases" -> aliases = StoredJson.stringsByName(json);
      case "allowed_origins" -> origins = StoredJson.strings(json);
      case REQUIRE_END_USER -> requireEndUser = StoredJson.flag(json);
      case ISSUERS -> issuers = StoredJson.list(json, StoredIssuer::read);
      case END_USER_TIERS ->
          StoredJson.object(json, (tier, value) -> endUserTiers.add(StoredTier.read(tier, value)));
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

  private static void requireKnown(List<String> critical) {
    Critical.requireKnown(critical, StoredTenant::isKnown, "a tenant");
  }

  private static boolean isKnown(String name) {
    int dot = name.indexOf('.');
    var known = dot < 0 ? MEMBERS : MEMBERS_BY_OBJECT.get(name.substring(0, dot));
    return known != null && known.contains(name.substring(dot + 1));
  }

  private Tenant tenant() {
    var tenant =
        new Tenant(
            StoredJson.require(id),
            status,
            quota.quota(),
            Optional.ofNullable(models),
            aliases,
            Optional.ofNullable(origins),
            requireEndUser,
            issuers);
    return endUserTiers.isEmpty() ? tenant : tenant.withEndUserTiers(endUserTiers);
  }
}

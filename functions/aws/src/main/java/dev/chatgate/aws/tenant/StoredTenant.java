package dev.chatgate.aws.tenant;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.Limit;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a tenant as the Tenants table holds it: a JSON object {@code
 * {"id","status","quota","models","model_aliases","allowed_origins"}}. Unlike an operator's input
 * it may have been written by a later release, so that reading is lenient: a member that is not
 * known, at the top or in {@code quota}, is ignored, and kept when the tenant is written again.
 *
 * <p>The exception: {@code "critical"} is a list of members that must not be ignored, like {@code
 * "end_user_tiers"} or {@code "quota.tokens_per_week"}. A reader that does not know one of them
 * refuses the tenant, because ignoring a limit would widen what the tenant may do.
 *
 * <p>{@link Critical} has the rule for every stored form, and for their versions.
 */
public final class StoredTenant {
  private static final int MICRO_DIGITS = 6;

  /** The member with the limits. */
  public static final String QUOTA = "quota";

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

  private StoredTenant() {}

  /**
   * Reads a configuration.
   *
   * @throws dev.chatgate.StoreUnavailableException if a critical member is not known
   * @throws IllegalStateException if the text is damaged; the message quotes nothing of it
   */
  public static Tenant read(String config) {
    var stored = new StoredTenant();
    try (var json = new JsonFactory().createParser(config)) {
      object(json, json.nextToken(), stored::member);
      return stored.tenant();
    } catch (IOException | IllegalArgumentException e) {
      // Without the cause: its message may quote the text.
      throw new IllegalStateException("a tenant's stored configuration is damaged");
    }
  }

  private interface Member {
    /** Reads the value at which the parser stands, to its end. */
    void read(String name, JsonParser json) throws IOException;
  }

  private static void object(JsonParser json, @Nullable JsonToken first, Member member)
      throws IOException {
    require(first == JsonToken.START_OBJECT);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var name = json.currentName();
      json.nextToken();
      member.read(name, json);
    }
    require(json.currentToken() == JsonToken.END_OBJECT);
  }

  private static void require(boolean condition) {
    if (!condition) {
      throw new IllegalArgumentException();
    }
  }

  private void member(String name, JsonParser json) throws IOException {
    switch (name) {
      case "id" -> id = new TenantId(string(json));
      case "status" -> status = status(string(json));
      case QUOTA -> object(json, json.currentToken(), this::limit);
      case "models" -> models = strings(json);
      case "model_aliases" -> aliases = stringsByName(json);
      case "allowed_origins" -> origins = strings(json);
      case Critical.NAME -> requireKnown(strings(json));
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
      require(json.currentToken().isNumeric());
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
    return name.startsWith(QUOTA + ".")
        ? LIMITS.contains(name.substring(QUOTA.length() + 1))
        : MEMBERS.contains(name);
  }

  private static String string(JsonParser json) throws IOException {
    require(json.currentToken() == JsonToken.VALUE_STRING);
    return json.getText();
  }

  private static List<String> strings(JsonParser json) throws IOException {
    require(json.currentToken() == JsonToken.START_ARRAY);
    var strings = new ArrayList<String>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      strings.add(string(json));
    }
    return strings;
  }

  private static Map<String, String> stringsByName(JsonParser json) throws IOException {
    var strings = new LinkedHashMap<String, String>();
    object(json, json.currentToken(), (name, value) -> strings.put(name, string(value)));
    return strings;
  }

  private Tenant tenant() {
    if (id == null) {
      throw new IllegalArgumentException();
    }
    return new Tenant(
        id,
        status,
        new Quota(limits),
        Optional.ofNullable(models),
        aliases,
        Optional.ofNullable(origins));
  }
}

package dev.chatgate.aws.tenant;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.Limit;
import dev.chatgate.tenant.ModelName;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The JSON form of tenants in operators' hands: {@code
 * {"id","status","keys","quota","models","model_aliases","allowed_origins"}}. Reading is strict: an
 * unknown or repeated key, a wrong type or a number out of range is an error that names its path.
 * {@link StoredTenant} is the form in the Tenants table.
 */
public final class TenantJson {
  private static final int MICRO_DIGITS = 6;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private TenantJson() {}

  /**
   * The text is not a tenant, or not a list of them; the message names the path and says what was
   * expected.
   */
  public static final class FormatException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    FormatException(String message) {
      super(message);
    }
  }

  /**
   * Reads a list of tenants.
   *
   * @throws FormatException if the text is anything else
   */
  public static List<TenantSpec> readList(String json) {
    return read(
        json,
        parser -> {
          var specs =
              new Reader(parser)
                  .list("tenants", (reader, path) -> requireShortNames(path, reader.listed(path)));
          requireDistinct(specs);
          return specs;
        });
  }

  private static void requireDistinct(List<TenantSpec> specs) {
    var ids = new HashMap<TenantId, Integer>();
    var secrets = new HashMap<String, TenantId>();
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
    }
  }

  /** Not asked of what is stored: earlier releases took longer names, which no call can use now. */
  private static TenantSpec requireShortNames(String path, TenantSpec spec) {
    var tenant = spec.tenant();
    tenant.models().orElse(List.of()).forEach(name -> requireShort(path + ".models", tenant, name));
    tenant
        .modelAliases()
        .forEach((alias, name) -> {
          requireShort(path + ".model_aliases", tenant, alias);
          requireShort(path + ".model_aliases", tenant, name);
        });
    return spec;
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
    return read(json, parser -> new Reader(parser).spec("tenant"));
  }

  /**
   * Reads what is to become of one tenant. Its {@code id} may be left out.
   *
   * @param json the whole tenant
   * @param id which it is
   * @throws FormatException if the text is anything else, or names another tenant
   */
  public static TenantEdit readEdit(String json, TenantId id) {
    return read(json, parser -> new Reader(parser).edit("tenant", id));
  }

  /** Writes a tenant without its keys. */
  public static String write(Tenant tenant) {
    return StoredTenant.write(tenant, Optional.empty());
  }

  /** Writes more members into an object that is being written. */
  interface More {
    void writeTo(JsonGenerator json) throws IOException;
  }

  /**
   * Writes the members of a tenant without its keys.
   *
   * @param json inside the tenant's object
   * @param moreLimits members of {@code quota} beside the known ones
   */
  static void writeMembers(JsonGenerator json, Tenant tenant, More moreLimits) throws IOException {
    json.writeStringField("id", tenant.id().value());
    json.writeStringField(
        "status", tenant.status() == TenantStatus.ACTIVE ? "active" : "suspended");
    json.writeObjectFieldStart("quota");
    write(json, tenant.quota());
    moreLimits.writeTo(json);
    json.writeEndObject();
    write(json, "models", tenant.models());
    json.writeObjectFieldStart("model_aliases");
    for (var alias : tenant.modelAliases().entrySet()) {
      json.writeStringField(alias.getKey(), alias.getValue());
    }
    json.writeEndObject();
    write(json, "allowed_origins", tenant.allowedOrigins());
  }

  private static void write(JsonGenerator json, Quota quota) throws IOException {
    for (var limit : Limits.ALL.members()) {
      var value = quota.get(limit);
      if (value.isPresent() && limit.isMoney()) {
        json.writeFieldName(limit.key());
        json.writeNumber(BigDecimal.valueOf(value.getAsLong(), MICRO_DIGITS));
      } else if (value.isPresent()) {
        json.writeNumberField(limit.key(), value.getAsLong());
      }
    }
  }

  private static void write(JsonGenerator json, String name, Optional<List<String>> strings)
      throws IOException {
    if (strings.isPresent()) {
      json.writeArrayFieldStart(name);
      for (var string : strings.get()) {
        json.writeString(string);
      }
      json.writeEndArray();
    }
  }

  private interface Reading<T> {
    T from(JsonParser parser) throws IOException;
  }

  private static <T> T read(String json, Reading<T> reading) {
    try (var parser = JSON.createParser(json)) {
      parser.nextToken();
      T value = reading.from(parser);
      if (parser.nextToken() != null) {
        throw new FormatException("there is more after the end of the JSON");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new FormatException(
          "line %d: %s"
              .formatted(
                  e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                  e.getOriginalMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException("a string cannot fail to be read", e);
    }
  }

  /** Reads the value that the parser stands on, and leaves it on that value's last token. */
  private record Reader(JsonParser parser) {

    interface Element<T> {
      T read(Reader reader, String path) throws IOException;
    }

    interface Member {
      void read(String name, String path) throws IOException;
    }

    TenantSpec spec(String path) throws IOException {
      var fields = fields(path);
      return valid(path, fields::spec);
    }

    /** One of a list: what is wrong with it as a whole is said with its name. */
    TenantSpec listed(String path) throws IOException {
      var fields = fields(path);
      return valid(fields.id == null ? path : path + " (" + fields.id + ")", fields::spec);
    }

    TenantEdit edit(String path, TenantId id) throws IOException {
      var fields = fields(path);
      if (fields.id == null) {
        fields.id = id;
      }
      if (!id.equals(fields.id)) {
        throw new FormatException(path + ".id is not " + id);
      }
      var spec = valid(path, fields::spec);
      requireShortNames(path, spec);
      return new TenantEdit(
          spec.tenant(), fields.keys == null ? Optional.empty() : Optional.of(spec.keys()));
    }

    private TenantFields fields(String path) throws IOException {
      var fields = new TenantFields();
      object(
          path,
          (name, at) -> {
            switch (name) {
              case "id" -> fields.id = tenantId(at);
              case "status" -> fields.status = status(at);
              case "keys" -> fields.keys = list(at, Reader::key);
              case "quota" -> fields.quota = quota(at);
              case "models" -> fields.models = list(at, Reader::string);
              case "model_aliases" -> fields.aliases = strings(at);
              case "allowed_origins" -> fields.origins = list(at, Reader::string);
              default -> throw new FormatException(at + " is not a key of a tenant");
            }
          });
      return fields;
    }

    TenantId tenantId(String path) throws IOException {
      String text = string(path);
      return valid(path, () -> new TenantId(text));
    }

    TenantStatus status(String path) throws IOException {
      return switch (string(path)) {
        case "active" -> TenantStatus.ACTIVE;
        case "suspended" -> TenantStatus.SUSPENDED;
        default -> throw new FormatException(path + " must be \"active\" or \"suspended\"");
      };
    }

    TenantSpec.Key key(String path) throws IOException {
      var strings = new LinkedHashMap<String, String>();
      object(
          path,
          (name, at) -> {
            if (!List.of("name", "secret", "expires_at").contains(name)) {
              throw new FormatException(at + " is not a key of a tenant's key");
            }
            strings.put(name, string(at));
          });
      return valid(
          path,
          () ->
              new TenantSpec.Key(
                  required(strings, "name"),
                  required(strings, "secret"),
                  Optional.ofNullable(strings.get("expires_at")).map(TenantJson::instant)));
    }

    Quota quota(String path) throws IOException {
      var limits = new HashMap<Limit, Long>();
      object(
          path,
          (name, at) -> {
            var limit =
                Limits.ALL.members().stream()
                    .filter(member -> member.key().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new FormatException(at + " is not a limit"));
            limits.put(limit, limit.isMoney() ? microUsd(at) : wholeNumber(at));
          });
      return valid(path, () -> new Quota(limits));
    }

    long wholeNumber(String path) throws IOException {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        throw new FormatException(path + " must be a whole number");
      }
      return valid(path, () -> exact(number(), 0));
    }

    long microUsd(String path) throws IOException {
      if (!parser.currentToken().isNumeric()) {
        throw new FormatException(path + " must be a number of dollars");
      }
      return valid(path, () -> exact(number(), MICRO_DIGITS));
    }

    private BigDecimal number() {
      try {
        return parser.getDecimalValue();
      } catch (IOException e) {
        throw new IllegalArgumentException("number out of range", e);
      }
    }

    private static long exact(BigDecimal number, int digits) {
      try {
        return number.movePointRight(digits).longValueExact();
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException("number out of range, or finer than a millionth", e);
      }
    }

    String string(String path) throws IOException {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        throw new FormatException(path + " must be a string");
      }
      return parser.getText();
    }

    <T> List<T> list(String path, Element<T> element) throws IOException {
      if (parser.currentToken() != JsonToken.START_ARRAY) {
        throw new FormatException(path + " must be a list");
      }
      var elements = new ArrayList<T>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        elements.add(element.read(this, path + "[" + elements.size() + "]"));
      }
      return elements;
    }

    Map<String, String> strings(String path) throws IOException {
      var strings = new LinkedHashMap<String, String>();
      object(path, (name, at) -> strings.put(name, string(at)));
      return strings;
    }

    void object(String path, Member member) throws IOException {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw new FormatException(path + " must be an object");
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        member.read(name, path + "." + name);
      }
    }

    private static <T> T valid(String path, Supplier<T> value) {
      try {
        return value.get();
      } catch (FormatException e) {
        throw e;
      } catch (IllegalArgumentException e) {
        throw new FormatException(path + ": " + e.getMessage());
      }
    }
  }

  private static String required(Map<String, String> strings, String name) {
    var string = strings.get(name);
    if (string == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return string;
  }

  /** RFC 3339, UTC. */
  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("expires_at must be an RFC 3339 time in UTC", e);
    }
  }

  private static final class TenantFields {
    private @Nullable TenantId id;
    private TenantStatus status = TenantStatus.ACTIVE;
    private @Nullable List<TenantSpec.Key> keys;
    private Quota quota = Quota.UNLIMITED;
    private @Nullable List<String> models;
    private Map<String, String> aliases = Map.of();
    private @Nullable List<String> origins;

    TenantSpec spec() {
      return new TenantSpec(tenant(), keys == null ? List.of() : keys);
    }

    private Tenant tenant() {
      if (id == null) {
        throw new IllegalArgumentException("id is missing");
      }
      return new Tenant(
          id, status, quota, Optional.ofNullable(models), aliases, Optional.ofNullable(origins));
    }
  }
}

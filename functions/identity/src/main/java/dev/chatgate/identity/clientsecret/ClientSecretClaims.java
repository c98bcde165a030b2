package dev.chatgate.identity.clientsecret;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.Narrowing;
import dev.chatgate.tenant.TenantId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The claims of a client secret (RFC 7519, section 4), a JSON object:
 *
 * <table>
 * <caption>Claims</caption>
 * <tr><th>name</th><th>value</th></tr>
 * <tr><td>{@code v}</td><td>version of this form: {@value #VERSION}</td></tr>
 * <tr><td>{@code iss}</td><td>the deployment</td></tr>
 * <tr><td>{@code jti}</td><td>the secret's id</td></tr>
 * <tr><td>{@code iat}</td><td>when it was minted, Unix time in seconds</td></tr>
 * <tr><td>{@code exp}</td><td>from when on it is refused, Unix time in seconds</td></tr>
 * <tr><td>{@code ten}</td><td>the tenant's id</td></tr>
 * <tr><td>{@code tca}</td><td>when the tenant was created, RFC 3339; optional</td></tr>
 * <tr><td>{@code key}</td><td>the number of the tenant key that minted it</td></tr>
 * <tr><td>{@code usr}</td><td>the end user's id; optional</td></tr>
 * <tr><td>{@code tir}</td><td>the name of the end user's tier; optional</td></tr>
 * <tr><td>{@code mod}</td><td>the only models, a list; optional</td></tr>
 * <tr><td>{@code max}</td><td>most completion tokens of one choice; optional</td></tr>
 * <tr><td>{@code org}</td><td>the only origins, a list; optional</td></tr>
 * </table>
 *
 * <p>A reader refuses a claim that it does not know, since a later release may have added it to
 * narrow what the holder may do. While two releases run side by side, the earlier one therefore
 * refuses client secrets with a claim that only the later one knows.
 */
final class ClientSecretClaims {
  private static final int VERSION = 1;

  /** Maximum number of characters of {@code jti}. */
  private static final int MAX_ID_LENGTH = 64;

  /** The end of the year 9999. */
  private static final long MAX_EPOCH_SECOND = 253_402_300_799L;

  /** Writes ASCII only: then any string can be written, an unpaired surrogate too. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  private boolean hasVersion;
  private @Nullable String deployment;
  private @Nullable String id;
  private @Nullable Instant createdAt;
  private @Nullable Instant expiresAt;
  private @Nullable TenantId tenant;
  private Optional<Instant> tenantCreatedAt = Optional.empty();
  private @Nullable Integer keyCode;
  private Optional<EndUser> endUser = Optional.empty();
  private Optional<String> tier = Optional.empty();
  private Optional<List<String>> models = Optional.empty();
  private OptionalLong maxTokens = OptionalLong.empty();
  private Optional<List<String>> origins = Optional.empty();

  /** A value that a claim cannot have. */
  private static final class ClaimException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private ClientSecretClaims() {}

  static byte[] write(ClientSecret secret, String deployment) {
    var bytes = new ByteArrayOutputStream();
    try (var json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeNumberField("v", VERSION);
      json.writeStringField("iss", deployment);
      json.writeStringField("jti", secret.id());
      json.writeNumberField("iat", secret.createdAt().getEpochSecond());
      json.writeNumberField("exp", secret.expiresAt().getEpochSecond());
      json.writeStringField("ten", secret.tenant().value());
      if (secret.tenantCreatedAt().isPresent()) {
        json.writeStringField("tca", secret.tenantCreatedAt().get().toString());
      }
      json.writeNumberField("key", secret.keyCode());
      if (secret.endUser().isPresent()) {
        json.writeStringField("usr", secret.endUser().get().id());
      }
      if (secret.tier().isPresent()) {
        json.writeStringField("tir", secret.tier().get());
      }
      writeNarrowing(json, secret.narrowing());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private static void writeNarrowing(JsonGenerator json, Narrowing narrowing) throws IOException {
    if (narrowing.models().isPresent()) {
      writeList(json, "mod", narrowing.models().get());
    }
    if (narrowing.maxTokensPerRequest().isPresent()) {
      json.writeNumberField("max", narrowing.maxTokensPerRequest().getAsLong());
    }
    if (narrowing.allowedOrigins().isPresent()) {
      writeList(json, "org", narrowing.allowedOrigins().get());
    }
  }

  private static void writeList(JsonGenerator json, String name, List<String> values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (var value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  /**
   * Reads claims that were signed correctly.
   *
   * @param deployment the deployment that they must name
   * @return empty if they are not those of a client secret of the deployment
   */
  static Optional<ClientSecret> read(byte[] claims, String deployment) {
    var read = new ClientSecretClaims();
    try (var json = JSON.createParser(claims)) {
      require(json.nextToken() == JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        var name = json.currentName();
        json.nextToken();
        read.claim(name, json);
      }
      require(json.nextToken() == null);
      return read.secret(deployment);
    } catch (IOException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private void claim(String name, JsonParser json) throws IOException {
    switch (name) {
      case "v" -> hasVersion = number(json, VERSION, VERSION) == VERSION;
      case "iss" -> deployment = text(json);
      case "jti" -> id = visible(text(json), MAX_ID_LENGTH);
      case "iat" -> createdAt = time(json);
      case "exp" -> expiresAt = time(json);
      case "ten" -> tenant = tenant(text(json));
      case "tca" -> tenantCreatedAt = Optional.of(Instant.parse(text(json)));
      case "key" -> keyCode = (int) number(json, 0, Caller.LOGIN_CODE - 1L);
      case "usr" -> endUser = Optional.of(endUser(text(json)));
      case "tir" -> tier = Optional.of(visible(text(json), EndUserTier.MAX_NAME_LENGTH));
      case "mod" -> models = Optional.of(texts(json));
      case "max" -> maxTokens = OptionalLong.of(number(json, 0, Long.MAX_VALUE));
      case "org" -> origins = Optional.of(texts(json));
      default -> throw new ClaimException();
    }
  }

  private Optional<ClientSecret> secret(String ours) {
    if (!hasVersion
        || !ours.equals(deployment)
        || id == null
        || createdAt == null
        || expiresAt == null
        || tenant == null
        || keyCode == null) {
      return Optional.empty();
    }
    return Optional.of(
        new ClientSecret(
            tenant,
            tenantCreatedAt,
            keyCode,
            id,
            createdAt,
            expiresAt,
            endUser,
            tier,
            new Narrowing(models, maxTokens, origins)));
  }

  /** A text of 1 to so many visible ASCII characters. */
  private static String visible(String text, int maxLength) throws IOException {
    require(
        !text.isEmpty()
            && text.length() <= maxLength
            && text.chars().allMatch(c -> c > ' ' && c <= '~'));
    return text;
  }

  private static TenantId tenant(String text) throws IOException {
    try {
      return new TenantId(text);
    } catch (IllegalArgumentException e) {
      throw new ClaimException();
    }
  }

  private static EndUser endUser(String text) throws IOException {
    return EndUser.of(text).orElseThrow(ClaimException::new);
  }

  private static Instant time(JsonParser json) throws IOException {
    return Instant.ofEpochSecond(number(json, 0, MAX_EPOCH_SECOND));
  }

  /** The whole number at which the parser is. */
  private static long number(JsonParser json, long min, long max) throws IOException {
    require(json.currentToken() == JsonToken.VALUE_NUMBER_INT);
    long value = json.getLongValue();
    require(value >= min && value <= max);
    return value;
  }

  private static String text(JsonParser json) throws IOException {
    require(json.currentToken() == JsonToken.VALUE_STRING);
    return json.getText();
  }

  private static List<String> texts(JsonParser json) throws IOException {
    require(json.currentToken() == JsonToken.START_ARRAY);
    var texts = new ArrayList<String>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      texts.add(text(json));
    }
    return texts;
  }

  private static void require(boolean condition) throws IOException {
    if (!condition) {
      throw new ClaimException();
    }
  }
}

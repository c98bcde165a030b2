package dev.chatgate.aws.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.chatgate.StoreUnavailableException;
import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.secret.EdgeSecret;
import dev.chatgate.secret.SigningKey;
import dev.chatgate.secret.SigningSecret;
import dev.chatgate.secret.SigningSecretUnavailableException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The signing secret as the secret's string holds it, a JSON object:
 *
 * <pre>{"seed": "…", "keys": [{"kid": "2", "key": "…", "from": "2026-11-23T12:00:00Z"}]}</pre>
 *
 * <p>{@code seed} is random text that never changes. The deployment's name and the key for logs are
 * derived from it: each is the HMAC-SHA-256 of a fixed label, with the seed as its key. {@code
 * keys} are the signing keys; {@code key} is 32 bytes in base64url (RFC 4648, section 5), {@code
 * from} is RFC 3339. As long as {@code keys} is absent, because no key was ever replaced, the only
 * signing key is derived from the seed as well.
 *
 * <p>{@code edge} is a list of at most two {@link EdgeSecret}s as texts, oldest first; absent if
 * there is none.
 *
 * <p>Members that are not known are ignored, by the rule of {@link Critical}.
 */
public final class StoredSigningSecret {
  /** The member with the random text: {@value #MIN_SEED_LENGTH} characters or more. */
  public static final String SEED = "seed";

  /** The member with the list of signing keys. */
  public static final String KEYS = "keys";

  /** The member with the list of edge secrets. */
  public static final String EDGE = "edge";

  /** A signing key's name. */
  public static final String KID = "kid";

  /** A signing key's bytes. */
  public static final String KEY = "key";

  /** From when on a signing key signs. */
  public static final String FROM = "from";

  /** The members that this release knows. */
  public static final Set<String> MEMBERS = Set.of(SEED, KEYS, EDGE, Critical.NAME);

  private static final int MIN_SEED_LENGTH = 32;
  private static final int DEPLOYMENT_BYTES = 8;
  private static final String FIRST_KID = "1";
  private static final String HMAC = "HmacSHA256";

  // A change of one of these would end all client secrets or rename all end users in logs.
  private static final String DEPLOYMENT_LABEL = "chatgate deployment";
  private static final String LOG_KEY_LABEL = "chatgate log key";
  private static final String FIRST_KEY_LABEL = "chatgate signing key 1";

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final List<String> critical = new ArrayList<>();
  private String seed = "";
  private Optional<List<SigningKey>> keys = Optional.empty();
  private List<EdgeSecret> edgeSecrets = List.of();

  private StoredSigningSecret() {}

  /**
   * Reads a secret's string.
   *
   * @param secret the string, null if the secret has none
   * @throws SigningSecretUnavailableException if it is not of this form, or has a critical member
   *     that is not known; the message quotes nothing of it
   */
  public static SigningSecret read(@Nullable String secret) {
    if (secret == null || secret.isBlank()) {
      throw new SigningSecretUnavailableException("the signing secret is empty", null);
    }
    var stored = new StoredSigningSecret();
    try (var json = JSON.createParser(secret)) {
      stored.members(json);
      Critical.requireKnown(stored.critical, MEMBERS::contains, "a secret");
      return stored.secret();
    } catch (StoreUnavailableException e) {
      throw new SigningSecretUnavailableException(
          "the signing secret has a critical member that this release does not know", null);
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      // Without the cause: its message may quote the secret.
      throw new SigningSecretUnavailableException("the signing secret is damaged", null);
    }
  }

  private void members(JsonParser json) throws IOException {
    require(json.nextToken() == JsonToken.START_OBJECT);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var name = json.currentName();
      json.nextToken();
      switch (name) {
        case SEED -> seed = SecretJson.text(json);
        case KEYS -> keys = Optional.of(keys(json));
        case EDGE -> edgeSecrets = edgeSecrets(json);
        case Critical.NAME -> critical.addAll(SecretJson.texts(json));
        default -> json.skipChildren();
      }
    }
    require(json.nextToken() == null);
  }

  private static List<SigningKey> keys(JsonParser json) throws IOException {
    require(json.currentToken() == JsonToken.START_ARRAY);
    var keys = new ArrayList<SigningKey>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      keys.add(key(json));
    }
    return keys;
  }

  private static List<EdgeSecret> edgeSecrets(JsonParser json) throws IOException {
    require(json.currentToken() == JsonToken.START_ARRAY);
    return SecretJson.texts(json).stream().map(EdgeSecret::new).toList();
  }

  private static SigningKey key(JsonParser json) throws IOException {
    require(json.currentToken() == JsonToken.START_OBJECT);
    var kid = "";
    var key = "";
    var from = "";
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var name = json.currentName();
      json.nextToken();
      switch (name) {
        case KID -> kid = SecretJson.text(json);
        case KEY -> key = SecretJson.text(json);
        case FROM -> from = SecretJson.text(json);
        default -> json.skipChildren();
      }
    }
    return new SigningKey(kid, Base64.getUrlDecoder().decode(key), Instant.parse(from));
  }

  private SigningSecret secret() {
    require(seed.strip().length() >= MIN_SEED_LENGTH);
    var deployment = Arrays.copyOf(derived(DEPLOYMENT_LABEL), DEPLOYMENT_BYTES);
    return new SigningSecret(
        HexFormat.of().formatHex(deployment),
        keys.orElseGet(
            () -> List.of(new SigningKey(FIRST_KID, derived(FIRST_KEY_LABEL), Instant.EPOCH))),
        derived(LOG_KEY_LABEL),
        edgeSecrets);
  }

  private byte[] derived(String label) {
    try {
      var mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(seed.getBytes(UTF_8), HMAC));
      return mac.doFinal(label.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has " + HMAC, e);
    }
  }

  private static void require(boolean condition) {
    if (!condition) {
      throw new IllegalArgumentException("another form");
    }
  }
}

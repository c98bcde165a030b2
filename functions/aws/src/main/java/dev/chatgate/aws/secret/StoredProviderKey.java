package dev.chatgate.aws.secret;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.chatgate.StoreUnavailableException;
import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.secret.ProviderKeyUnavailableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The provider's key as the secret's string holds it: the key itself, white space around it is
 * ignored, or a JSON object {@code {"key": "…"}}. Members that are not known are ignored, by the
 * rule of {@link Critical}.
 */
public final class StoredProviderKey {
  /** The member with the key. */
  public static final String KEY = "key";

  /** The members of the JSON form that this release knows. */
  public static final Set<String> MEMBERS = Set.of(KEY, Critical.NAME);

  private StoredProviderKey() {}

  /** Whether a secret's string is the JSON form: no key begins with a brace. */
  private static boolean isJson(String secret) {
    return secret.strip().startsWith("{");
  }

  /**
   * Reads a secret's string.
   *
   * @param secret the string, null if the secret has none
   * @return the key; empty if the secret is absent or blank
   * @throws ProviderKeyUnavailableException if it begins like JSON and has no key, or has a
   *     critical member that is not known; the message quotes nothing of it
   */
  public static Optional<String> read(@Nullable String secret) {
    if (secret == null || secret.isBlank()) {
      return Optional.empty();
    }
    return Optional.of(isJson(secret) ? fromJson(secret) : secret.strip());
  }

  private static String fromJson(String secret) {
    var key = new ArrayList<String>();
    var critical = new ArrayList<String>();
    try (var json = new JsonFactory().createParser(secret)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        var name = json.currentName();
        json.nextToken();
        switch (name) {
          case KEY -> key.add(SecretJson.text(json));
          case Critical.NAME -> critical.addAll(SecretJson.texts(json));
          default -> json.skipChildren();
        }
      }
      Critical.requireKnown(critical, MEMBERS::contains, "a secret");
    } catch (StoreUnavailableException e) {
      throw new ProviderKeyUnavailableException(
          "the provider's secret has a critical member that this release does not know", null);
    } catch (IOException e) {
      key.clear();
    }
    if (key.size() != 1 || key.getFirst().isBlank()) {
      throw new ProviderKeyUnavailableException(
          "the provider's secret begins with { but is not JSON with one key", null);
    }
    return key.getFirst().strip();
  }
}

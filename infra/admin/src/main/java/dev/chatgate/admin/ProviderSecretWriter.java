package dev.chatgate.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.aws.secret.StoredProviderKey;
import dev.chatgate.secret.ProviderKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes the string of the secret that holds the provider's key. */
public final class ProviderSecretWriter {
  private ProviderSecretWriter() {}

  /**
   * A secret's string with another key. In the place of JSON it is JSON with the same other
   * members, else the key alone.
   *
   * @param before the string that is stored, if any
   * @throws dev.chatgate.StoreUnavailableException if it has a critical member that is not known
   */
  public static String write(ProviderKey key, Optional<String> before) {
    var stored = before.map(ProviderSecretWriter::parse).orElse(MissingNode.getInstance());
    if (!(stored instanceof ObjectNode members)) {
      return key.secret();
    }
    Critical.requireKnown(critical(members), StoredProviderKey.MEMBERS::contains, "a secret");
    return members.put(StoredProviderKey.KEY, key.secret()).toString();
  }

  private static List<String> critical(ObjectNode members) {
    var critical = members.path(Critical.NAME);
    if (critical.isValueNode()) {
      return List.of(critical.asText());
    }
    var names = new ArrayList<String>();
    critical.forEach(name -> names.add(name.asText()));
    return names;
  }

  /** What is damaged is replaced. */
  private static JsonNode parse(String secret) {
    try {
      return JsonValue.parse(secret, "secret").node();
    } catch (FormatException e) {
      return MissingNode.getInstance();
    }
  }
}

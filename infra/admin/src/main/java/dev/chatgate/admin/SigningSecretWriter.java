package dev.chatgate.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.chatgate.aws.secret.StoredSigningSecret;
import dev.chatgate.secret.EdgeSecret;
import dev.chatgate.secret.SigningKey;
import dev.chatgate.secret.SigningSecret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Writes the string of the signing secret with a new key or a new edge secret. Members that are not
 * known stay, in the secret and in its keys.
 */
public final class SigningSecretWriter {
  /**
   * How long a key stays after another has taken its place: longer than the longest lifetime of a
   * client secret, 2 hours, and the time in which an instance may still sign with the old key.
   */
  public static final Duration KEPT_FOR = Duration.ofHours(3);

  /** Random bytes of an edge secret, which is written in hexadecimal digits. */
  private static final int EDGE_SECRET_BYTES = 32;

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

  private final RandomGenerator random;

  /**
   * @param random makes the keys
   */
  public SigningSecretWriter(RandomGenerator random) {
    this.random = random;
  }

  /**
   * A secret's string with another key. Of the keys before, those stay that something may still be
   * signed with.
   *
   * @param before the string that is stored
   * @param now the present
   * @param from from when on the new key signs
   * @throws dev.chatgate.secret.SigningSecretUnavailableException if what is stored is damaged, or
   *     has a critical member that is not known
   */
  public String rotate(String before, Instant now, Instant from) {
    var stored = StoredSigningSecret.read(before);
    var members = members(before);
    var entries = entries(members);
    var keys = JsonNodeFactory.instance.arrayNode();
    for (var key : stored.keys()) {
      if (verifies(key, stored, now)) {
        keys.add(entries.getOrDefault(key.kid(), entry(key)));
      }
    }
    return written(members, keys, newKey(stored, from));
  }

  /**
   * A secret's string with another key, which signs at once, and no other: nothing that was signed
   * before can be verified any more.
   *
   * @param before the string that is stored
   * @param now the present
   * @throws dev.chatgate.secret.SigningSecretUnavailableException if what is stored is damaged, or
   *     has a critical member that is not known
   */
  public String rotateNow(String before, Instant now) {
    var stored = StoredSigningSecret.read(before);
    return written(members(before), JsonNodeFactory.instance.arrayNode(), newKey(stored, now));
  }

  /**
   * A secret's string with another edge secret, after the newest one; older ones go.
   *
   * @param before the string that is stored
   * @throws dev.chatgate.secret.SigningSecretUnavailableException if what is stored is damaged, or
   *     has a critical member that is not known
   */
  public String addEdgeSecret(String before) {
    var bytes = new byte[EDGE_SECRET_BYTES];
    random.nextBytes(bytes);
    var kept = newest(StoredSigningSecret.read(before), SigningSecret.MAX_EDGE_SECRETS - 1);
    kept.add(new EdgeSecret(HexFormat.of().formatHex(bytes)));
    return written(before, kept);
  }

  /**
   * A secret's string with the newest edge secret alone.
   *
   * @param before the string that is stored
   * @throws dev.chatgate.secret.SigningSecretUnavailableException if what is stored is damaged, or
   *     has a critical member that is not known
   */
  public String dropOldEdgeSecret(String before) {
    return written(before, newest(StoredSigningSecret.read(before), 1));
  }

  private static List<EdgeSecret> newest(SigningSecret stored, int number) {
    var all = stored.edgeSecrets();
    return new ArrayList<>(all.subList(Math.max(0, all.size() - number), all.size()));
  }

  private static String written(String before, List<EdgeSecret> edgeSecrets) {
    var values = JsonNodeFactory.instance.arrayNode();
    edgeSecrets.forEach(secret -> values.add(secret.value()));
    var members = members(before);
    members.set(StoredSigningSecret.EDGE, values);
    return members.toString();
  }

  /** Whether something signed with a key may be in force: no later key signs for that long. */
  private static boolean verifies(SigningKey key, SigningSecret secret, Instant now) {
    return secret.keys().stream()
        .noneMatch(
            other -> other.from().isAfter(key.from()) && !other.from().plus(KEPT_FOR).isAfter(now));
  }

  private SigningKey newKey(SigningSecret stored, Instant from) {
    var key = new byte[SigningKey.LENGTH];
    random.nextBytes(key);
    return new SigningKey(nextKid(stored), key, from);
  }

  /** One more than the highest number that is a name: no name comes twice. */
  private static String nextKid(SigningSecret stored) {
    long highest =
        stored.keys().stream()
            .map(SigningKey::kid)
            .filter(kid -> NUMBER.matcher(kid).matches())
            .map(Long::valueOf)
            .max(Comparator.naturalOrder())
            .orElse(0L);
    return Long.toString(highest + 1);
  }

  private static String written(ObjectNode members, ArrayNode keys, SigningKey added) {
    members.set(StoredSigningSecret.KEYS, keys.add(entry(added)));
    return members.toString();
  }

  private static ObjectNode members(String stored) {
    return (ObjectNode) JsonValue.parse(stored, "secret").node();
  }

  /** The stored keys by name; none while the only one is derived from the seed. */
  private static Map<String, ObjectNode> entries(ObjectNode members) {
    var entries = new HashMap<String, ObjectNode>();
    for (var entry : members.path(StoredSigningSecret.KEYS)) {
      entries.put(entry.path(StoredSigningSecret.KID).textValue(), (ObjectNode) entry);
    }
    return entries;
  }

  private static ObjectNode entry(SigningKey key) {
    return JsonNodeFactory.instance
        .objectNode()
        .put(StoredSigningSecret.KID, key.kid())
        .put(
            StoredSigningSecret.KEY,
            Base64.getUrlEncoder().withoutPadding().encodeToString(key.key()))
        .put(StoredSigningSecret.FROM, key.from().toString());
  }
}

package dev.chatgate.identity.keyset;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;

/**
 * The public signing keys of a JSON Web Key Set (RFC 7517, section 5). Keys that cannot have signed
 * a token are left out, and the others stay usable: symmetric and encryption keys, keys that are
 * damaged, of an unknown type, or too large. Of a key, only the members that a signature needs are
 * read: no certificate, no private part.
 */
final class KeySet {
  /** A set with more keys is refused. */
  static final int MAX_KEYS = 100;

  private static final String KEYS = "keys";
  private static final String TYPE = "kty";
  private static final String USE = "use";
  private static final String OPERATIONS = "key_ops";
  private static final String KID = "kid";
  private static final String CURVE = "crv";
  private static final Set<String> MEMBERS =
      Set.of(TYPE, USE, OPERATIONS, KID, "alg", CURVE, "n", "e", "x", "y");

  /** Of octet key pairs (RFC 8037), those that sign. */
  private static final Set<String> SIGNING_CURVES = Set.of("Ed25519", "Ed448");

  private static final JsonFactory JSON = new JsonFactory();

  private final List<PublicJsonWebKey> keys;
  private final Map<String, PublicJsonWebKey> byName = new HashMap<>();

  private KeySet(List<PublicJsonWebKey> keys) {
    this.keys = keys;
    for (var key : keys) {
      var kid = key.getKeyId();
      if (kid != null) {
        byName.putIfAbsent(kid, key);
      }
    }
  }

  /**
   * Reads a set.
   *
   * @throws KeySetException if it is not a JSON object with a list {@code keys} of at most {@link
   *     #MAX_KEYS} keys
   */
  static KeySet parse(String json) throws KeySetException {
    try (var parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new KeySetException("the key set is not a JSON object");
      }
      var keys = members(parser);
      if (parser.nextToken() != null) {
        throw new KeySetException("the key set is followed by something");
      }
      return new KeySet(keys.orElseThrow(() -> new KeySetException("the key set has no keys")));
    } catch (KeySetException e) {
      throw e;
    } catch (IOException e) {
      throw new KeySetException("the key set is not JSON");
    }
  }

  private static Optional<List<PublicJsonWebKey>> members(JsonParser json) throws IOException {
    Optional<List<PublicJsonWebKey>> keys = Optional.empty();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      boolean isKeys = KEYS.equals(json.currentName());
      if (json.nextToken() == JsonToken.START_ARRAY && isKeys) {
        keys = Optional.of(keys(json));
      } else {
        json.skipChildren();
      }
    }
    return keys;
  }

  private static List<PublicJsonWebKey> keys(JsonParser json) throws IOException {
    var keys = new ArrayList<PublicJsonWebKey>();
    int elements = 0;
    for (var token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
      if (++elements > MAX_KEYS) {
        throw new KeySetException("the key set has more than " + MAX_KEYS + " keys");
      }
      if (token == JsonToken.START_OBJECT) {
        signingKey(key(json)).ifPresent(keys::add);
      } else {
        json.skipChildren();
      }
    }
    return keys;
  }

  /** The members of a key that are used; of another type than they must be, one has no value. */
  private static Map<String, Object> key(JsonParser json) throws IOException {
    var members = new HashMap<String, Object>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      var name = json.currentName();
      var token = json.nextToken();
      if (!MEMBERS.contains(name)) {
        json.skipChildren();
      } else if (token == JsonToken.START_ARRAY && OPERATIONS.equals(name)) {
        members.put(name, strings(json));
      } else if (token == JsonToken.VALUE_STRING && !OPERATIONS.equals(name)) {
        members.put(name, json.getText());
      } else {
        json.skipChildren();
        members.put(name, Optional.empty());
      }
    }
    return members;
  }

  private static List<String> strings(JsonParser json) throws IOException {
    var strings = new ArrayList<String>();
    for (var token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
      if (token == JsonToken.VALUE_STRING) {
        strings.add(json.getText());
      } else {
        json.skipChildren();
      }
    }
    return strings;
  }

  private static Optional<PublicJsonWebKey> signingKey(Map<String, Object> members) {
    if (members.containsValue(Optional.empty()) || !isForSignatures(members)) {
      return Optional.empty();
    }
    try {
      return Optional.of(PublicJsonWebKey.Factory.newPublicJwk(members));
    } catch (JoseException | RuntimeException e) {
      // Damaged, or of a sort that cannot be read: the other keys of the set can be.
      return Optional.empty();
    }
  }

  private static boolean isForSignatures(Map<String, Object> members) {
    boolean canVerify =
        !(members.get(OPERATIONS) instanceof List<?> operations) || operations.contains("verify");
    boolean isOfSigningType =
        !"OKP".equals(members.get(TYPE))
            || (members.get(CURVE) instanceof String curve && SIGNING_CURVES.contains(curve));
    return "sig".equals(members.getOrDefault(USE, "sig")) && canVerify && isOfSigningType;
  }

  /** Whether there is no key. */
  boolean isEmpty() {
    return keys.isEmpty();
  }

  /**
   * Finds a key.
   *
   * @param kid the key's name; of several keys with the same name, the first is found. Absent finds
   *     the only key of a set that has exactly one
   */
  Optional<PublicJsonWebKey> find(Optional<String> kid) {
    if (kid.isPresent()) {
      return Optional.ofNullable(byName.get(kid.get()));
    }
    return keys.size() == 1 ? Optional.of(keys.getFirst()) : Optional.empty();
  }
}

package dev.chatgate.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.chatgate.aws.tenant.StoredIssuer;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.tenant.RequiredClaim;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;

/**
 * The JSON form of a tenant's issuers in operators' hands: a list of {@code
 * {"issuer","audiences","audience_claim","user_claim","user_prefix","required_claims","jwks_uri",
 * "jwks","tier_claim"}}, of which {@code issuer} and {@code audiences} must be there. Reading is
 * strict.
 */
public final class IssuerJson {
  private static final int MAX_ISSUERS = 10;
  private static final int MAX_AUDIENCES = 10;
  private static final int MAX_URL_CHARACTERS = 512;
  private static final int MAX_KEY_SET_KIB = 64;
  private static final int MAX_KEYS = 100;

  /** Neither control characters nor a surrogate without its other half. */
  private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}\\p{Cs}]{1,256}");

  private static final Pattern PREFIX = Pattern.compile("[\\x21-\\x7E]{1,32}");

  /** RFC 6901, section 3. */
  private static final Pattern JSON_POINTER = Pattern.compile("(/([^/~]|~[01])*)+");

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  /** RFC 7518, sections 6.2.2, 6.3.2 and 6.4. */
  private static final Set<String> PRIVATE_MEMBERS =
      Set.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");

  private IssuerJson() {}

  /**
   * Checks an issuer as if it was read.
   *
   * @throws FormatException if something is wrong with it; the message names the member
   */
  public static void require(Issuer issuer) {
    var _ = read(new JsonValue("issuer", tree(issuer)));
  }

  /**
   * Checks that one tenant may have these issuers, each of which is valid by itself.
   *
   * @throws FormatException if it may not; the message names the issuer
   */
  public static void requireTogether(List<Issuer> issuers) {
    requireTogether(new JsonValue("issuers", tree(issuers)), issuers);
  }

  /**
   * Reads a key set.
   *
   * @param json the text
   * @return the same without white space
   * @throws FormatException if it is anything but a set of public keys
   */
  public static String readKeySet(String json) {
    return keySet(JsonValue.parse(json, "jwks"));
  }

  /** Writes issuers in the form that is read. */
  public static String write(List<Issuer> issuers) {
    return tree(issuers).toString();
  }

  /** Reads the issuers of a tenant. */
  static List<Issuer> readList(JsonValue json) {
    var issuers = json.list(IssuerJson::read);
    requireTogether(json, issuers);
    return issuers;
  }

  private static void requireTogether(JsonValue json, List<Issuer> issuers) {
    if (issuers.size() > MAX_ISSUERS) {
      throw json.error(" must have at most " + MAX_ISSUERS + " entries");
    }
    refusePair(
        json,
        issuers,
        (one, other) -> one.issuer().equals(other.issuer()),
        ".issuer is the issuer of");
    refusePair(
        json,
        issuers,
        (one, other) -> one.userPrefix().isEmpty() && other.userPrefix().isEmpty(),
        ".user_prefix is missing, as in");
    // With the prefixes "a" and "ab", the person "b1" of the one is the person "1" of the other.
    refusePair(json, issuers, IssuerJson::startsWith, ".user_prefix begins with that of");
  }

  private static boolean startsWith(Issuer one, Issuer other) {
    return one.userPrefix().isPresent()
        && other.userPrefix().isPresent()
        && one.userPrefix().get().startsWith(other.userPrefix().get());
  }

  private static void refusePair(
      JsonValue json, List<Issuer> issuers, BiPredicate<Issuer, Issuer> conflict, String problem) {
    for (int j = 0; j < issuers.size(); j++) {
      for (int i = 0; i < issuers.size(); i++) {
        if (i != j && conflict.test(issuers.get(i), issuers.get(j))) {
          throw json.error("[%d]%s %s[%d]".formatted(i, problem, json.path(), j));
        }
      }
    }
  }

  private static Issuer read(JsonValue json) {
    json.requireOnly(StoredIssuer.MEMBERS, " is not a key of an issuer");
    if (json.get("jwks").isPresent() && json.get("jwks_uri").isPresent()) {
      throw json.error(".jwks and .jwks_uri exclude each other");
    }
    return new Issuer(
        url(required(json, "issuer"), false).toString(),
        audiences(required(json, "audiences")),
        json.get("audience_claim").map(IssuerJson::claim).orElse(Issuer.AUDIENCE_CLAIM),
        json.get("user_claim").map(IssuerJson::claim).orElse(Issuer.USER_CLAIM),
        json.get("user_prefix").map(IssuerJson::prefix),
        json.get("required_claims").map(IssuerJson::requiredClaims).orElse(Map.of()),
        json.get("jwks_uri").map(uri -> url(uri, true)),
        json.get("jwks").map(IssuerJson::keySet),
        json.get(StoredIssuer.TIER_CLAIM).map(IssuerJson::claim));
  }

  private static JsonValue required(JsonValue json, String name) {
    return json.get(name).orElseThrow(() -> json.error("." + name + " is missing"));
  }

  /** An issuer has no query (OpenID Connect Core 1.0, section 2); where keys are may have one. */
  private static URI url(JsonValue json, boolean mayHaveQuery) {
    var text = json.text();
    try {
      var url = new URI(text);
      if (text.length() <= MAX_URL_CHARACTERS
          && isHttps(url)
          && url.getRawUserInfo() == null
          && url.getRawFragment() == null
          && (mayHaveQuery || url.getRawQuery() == null)) {
        return url;
      }
    } catch (URISyntaxException e) {
      throw notUrl(json, mayHaveQuery);
    }
    throw notUrl(json, mayHaveQuery);
  }

  private static boolean isHttps(URI url) {
    var host = url.getHost();
    return host != null
        && ("https".equals(url.getScheme())
            || ("http".equals(url.getScheme()) && LOOPBACK.contains(host)));
  }

  private static FormatException notUrl(JsonValue json, boolean mayHaveQuery) {
    return json.error(
        " must be an https URL of at most %d characters without user%s fragment; http is for"
                .formatted(MAX_URL_CHARACTERS, mayHaveQuery ? " and" : ", query and")
            + " localhost, 127.0.0.1 and [::1] only");
  }

  private static List<String> audiences(JsonValue json) {
    var audiences = json.list(IssuerJson::name);
    if (audiences.isEmpty() || audiences.size() > MAX_AUDIENCES) {
      throw json.error(" must have 1 to " + MAX_AUDIENCES + " entries");
    }
    for (int i = 1; i < audiences.size(); i++) {
      int first = audiences.indexOf(audiences.get(i));
      if (first < i) {
        throw json.error("[%d] is the same as %s[%d]".formatted(i, json.path(), first));
      }
    }
    return audiences;
  }

  private static String name(JsonValue json) {
    var text = json.text();
    if (!NAME.matcher(text).matches()) {
      throw json.error(" must be 1 to 256 characters, none of them a control character");
    }
    return text;
  }

  private static String claim(JsonValue json) {
    var claim = name(json);
    requirePointer(json, claim);
    return claim;
  }

  private static void requirePointer(JsonValue json, String claim) {
    if (claim.startsWith("/") && !JSON_POINTER.matcher(claim).matches()) {
      throw json.error(
          " begins with / and is no JSON pointer: after ~ there must be 0 or 1 (RFC 6901)");
    }
  }

  private static String prefix(JsonValue json) {
    var prefix = json.text();
    if (!PREFIX.matcher(prefix).matches()) {
      throw json.error(" must be 1 to 32 visible ASCII characters");
    }
    return prefix;
  }

  private static Map<String, RequiredClaim> requiredClaims(JsonValue json) {
    var claims = new LinkedHashMap<String, RequiredClaim>();
    json.members()
        .forEach(member -> {
          var name = member.getKey();
          if (!NAME.matcher(name).matches()) {
            throw json.error(
                ": the name of a claim must be 1 to 256 characters, none of them a control"
                    + " character");
          }
          requirePointer(member.getValue(), name);
          claims.put(name, requiredClaim(member.getValue()));
        });
    return claims;
  }

  private static RequiredClaim requiredClaim(JsonValue json) {
    var node = json.node();
    if (node.isTextual()) {
      return new RequiredClaim.Text(node.textValue());
    }
    if (node.isBoolean()) {
      return new RequiredClaim.Flag(node.booleanValue());
    }
    if (node.isNumber()) {
      return new RequiredClaim.Numeric(node.decimalValue());
    }
    throw json.error(" must be a string, a number, true or false");
  }

  /** RFC 7517, section 5. */
  private static String keySet(JsonValue json) {
    var keys = required(json, "keys").list(IssuerJson::requirePublicKey);
    if (keys.isEmpty() || keys.size() > MAX_KEYS) {
      throw json.error(".keys must have 1 to " + MAX_KEYS + " entries");
    }
    var text = json.node().toString();
    if (text.getBytes(StandardCharsets.UTF_8).length > MAX_KEY_SET_KIB * 1024) {
      throw json.error(" must have at most " + MAX_KEY_SET_KIB + " KiB");
    }
    return text;
  }

  private static JsonValue requirePublicKey(JsonValue key) {
    var type = required(key, "kty").text();
    if (type.equals("oct")) {
      throw key.error(".kty must not be oct: a set of public keys is expected");
    }
    PRIVATE_MEMBERS.stream()
        .sorted()
        .filter(key.node()::has)
        .findFirst()
        .ifPresent(name -> {
          throw key.error(
              "." + name + " is part of a private key: a set of public keys is expected");
        });
    return key;
  }

  /** The issuers as they are written and stored. */
  static ArrayNode tree(List<Issuer> issuers) {
    var json = JsonNodeFactory.instance.arrayNode();
    issuers.forEach(issuer -> json.add(tree(issuer)));
    return json;
  }

  private static ObjectNode tree(Issuer issuer) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("issuer", issuer.issuer());
    var audiences = json.putArray("audiences");
    issuer.audiences().forEach(audiences::add);
    json.put("audience_claim", issuer.audienceClaim());
    json.put("user_claim", issuer.userClaim());
    issuer.userPrefix().ifPresent(prefix -> json.put("user_prefix", prefix));
    if (!issuer.requiredClaims().isEmpty()) {
      var claims = json.putObject("required_claims");
      new TreeMap<>(issuer.requiredClaims()).forEach((name, claim) -> put(claims, name, claim));
    }
    issuer.jwksUri().ifPresent(uri -> json.put("jwks_uri", uri.toString()));
    issuer.jwks().ifPresent(keys -> json.set("jwks", JsonValue.parse(keys, "jwks").node()));
    issuer.tierClaim().ifPresent(claim -> json.put(StoredIssuer.TIER_CLAIM, claim));
    return json;
  }

  private static void put(ObjectNode json, String name, RequiredClaim claim) {
    switch (claim) {
      case RequiredClaim.Text(var text) -> json.put(name, text);
      case RequiredClaim.Numeric(var number) -> json.put(name, number);
      case RequiredClaim.Flag(var flag) -> json.put(name, flag);
    }
  }
}

package dev.chatgate.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.tenant.Issuer;
import dev.chatgate.tenant.RequiredClaim;
import java.math.BigDecimal;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IssuerJsonTest {
  /** A tenant with issuers that have everything set. */
  static final String TENANT =
      """
      {"id":"acme","issuers":[
        {"issuer":"https://login.example/pool","audiences":["app","web é"],
         "audience_claim":"client_id","user_claim":"/user/id","user_prefix":"a:",
         "required_claims":{"token_use":"access","/plan~1x/level":2.5,"https://x.example/paid":true},
         "jwks_uri":"https://keys.example/set?v=1","tier_claim":"/app_metadata/plan"},
        {"issuer":"https://other.example","audiences":["app"],
         "jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"BB","kid":"1","use":"sig"}]}}]}
      """;

  private static final String KEYS = "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AA\",\"e\":\"AQAB\"}]}";

  private static List<Issuer> read(String issuers) {
    return TenantJson.readOne("{\"id\":\"a\",\"issuers\":" + issuers + "}").tenant().issuers();
  }

  private static String refusal(String issuers) {
    var refused = assertThrows(FormatException.class, () -> read(issuers), issuers);
    return String.valueOf(refused.getMessage());
  }

  @Test
  void readsEveryMember() {
    var issuers = TenantJson.readOne(TENANT).tenant().issuers();
    assertEquals(
        List.of(
            new Issuer(
                "https://login.example/pool",
                List.of("app", "web é"),
                "client_id",
                "/user/id",
                Optional.of("a:"),
                Map.of(
                    "token_use",
                    new RequiredClaim.Text("access"),
                    "/plan~1x/level",
                    new RequiredClaim.Numeric(new BigDecimal("2.5")),
                    "https://x.example/paid",
                    new RequiredClaim.Flag(true)),
                Optional.of(URI.create("https://keys.example/set?v=1")),
                Optional.empty(),
                Optional.of("/app_metadata/plan")),
            new Issuer(
                "https://other.example",
                List.of("app"),
                "aud",
                "sub",
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                Optional.of(
                    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"BB\","
                        + "\"kid\":\"1\",\"use\":\"sig\"}]}"))),
        issuers);
  }

  @Test
  void readsBackWhatItWrites() {
    var issuers = TenantJson.readOne(TENANT).tenant().issuers();
    assertEquals(issuers, read(IssuerJson.write(issuers)));
    issuers.forEach(IssuerJson::require);
    IssuerJson.requireTogether(issuers);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://login.example",
        "https://login.example/",
        "https://login.example:8443/a/b",
        "https://securetoken.google.com/project",
        "http://localhost:8080/realm",
        "http://127.0.0.1",
        "http://[::1]:1"
      })
  void anIssuerIsKeptCharacterForCharacter(String url) {
    assertEquals(
        url, read("[{\"issuer\":\"" + url + "\",\"audiences\":[\"a\"]}]").getFirst().issuer());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "login.example",
        "http://login.example",
        "http://127.0.0.2",
        "http://localhost.example",
        "ftp://login.example",
        "https:login.example",
        "https:///path",
        "https://login.example#part",
        "https://login.example#",
        "https://login.example?tenant=1",
        "https://user@login.example",
        "https://login .example",
        "https://[::1",
        "HTTPS://login.example"
      })
  void whatIsNoUrlOfAnIssuerIsRefused(String url) {
    assertEquals(
        "tenant.issuers[0].issuer must be an https URL of at most 512 characters without user, query"
            + " and fragment; http is for localhost, 127.0.0.1 and [::1] only",
        refusal("[{\"issuer\":\"" + url + "\",\"audiences\":[\"a\"]}]"));
  }

  @Test
  void aLongUrlIsRefused() {
    var longest = "https://" + "a".repeat(504);
    assertEquals(
        longest,
        read("[{\"issuer\":\"" + longest + "\",\"audiences\":[\"a\"]}]").getFirst().issuer());
    assertTrue(
        refusal("[{\"issuer\":\"" + longest + "b\",\"audiences\":[\"a\"]}]")
            .startsWith("tenant.issuers[0].issuer must be an https URL"));
  }

  /** The rest of an issuer's object, and what is said of it behind its path. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "audiences":"a"                              | .audiences must be a list
          "audiences":[]                               | .audiences must have 1 to 10 entries
          "audiences":[""]                             | .audiences[0] must be 1 to 256 characters, none of them a control character
          "audiences":["a","\\u0000"]                  | .audiences[1] must be 1 to 256 characters, none of them a control character
          "audiences":["\\ud800"]                      | .audiences[0] must be 1 to 256 characters, none of them a control character
          "audiences":[7]                              | .audiences[0] must be a string
          "audiences":["a","b","a"]                    | .audiences[2] is the same as tenant.issuers[0].audiences[0]
          "audience_claim":"a"                         | .audiences is missing
          "audiences":["a"],"audience_claim":""        | .audience_claim must be 1 to 256 characters, none of them a control character
          "audiences":["a"],"user_claim":"/a~2"        | .user_claim begins with / and is no JSON pointer: after ~ there must be 0 or 1 (RFC 6901)
          "audiences":["a"],"user_claim":"/a~"         | .user_claim begins with / and is no JSON pointer: after ~ there must be 0 or 1 (RFC 6901)
          "audiences":["a"],"user_claim":7             | .user_claim must be a string
          "audiences":["a"],"user_prefix":""           | .user_prefix must be 1 to 32 visible ASCII characters
          "audiences":["a"],"user_prefix":"a b"        | .user_prefix must be 1 to 32 visible ASCII characters
          "audiences":["a"],"user_prefix":"123456789012345678901234567890123" | .user_prefix must be 1 to 32 visible ASCII characters
          "audiences":["a"],"required_claims":[]       | .required_claims must be an object
          "audiences":["a"],"required_claims":{"a":[]} | .required_claims.a must be a string, a number, true or false
          "audiences":["a"],"required_claims":{"a":null} | .required_claims.a must be a string, a number, true or false
          "audiences":["a"],"required_claims":{"":1}   | .required_claims: the name of a claim must be 1 to 256 characters, none of them a control character
          "audiences":["a"],"required_claims":{"/~":1} | .required_claims./~ begins with / and is no JSON pointer: after ~ there must be 0 or 1 (RFC 6901)
          "audiences":["a"],"tier_claim":""            | .tier_claim must be 1 to 256 characters, none of them a control character
          "audiences":["a"],"tier_claim":"/a~2"        | .tier_claim begins with / and is no JSON pointer: after ~ there must be 0 or 1 (RFC 6901)
          "audiences":["a"],"tier_claim":7             | .tier_claim must be a string
          "audiences":["a"],"plan_claim":"plan"        | .plan_claim is not a key of an issuer
          "audiences":["a"],"jwks_uri":"http://keys.example" | .jwks_uri must be an https URL of at most 512 characters without user and fragment; http is for localhost, 127.0.0.1 and [::1] only
          "audiences":["a"],"jwks_uri":"https://keys.example","jwks":{} | .jwks and .jwks_uri exclude each other
          "audiences":["a"],"jwks":"text"              | .jwks.keys is missing
          "audiences":["a"],"jwks":{"keys":{}}         | .jwks.keys must be a list
          "audiences":["a"],"jwks":{"keys":[]}         | .jwks.keys must have 1 to 100 entries
          "audiences":["a"],"jwks":{"keys":[7]}        | .jwks.keys[0].kty is missing
          "audiences":["a"],"jwks":{"keys":[{"kty":"oct"}]} | .jwks.keys[0].kty must not be oct: a set of public keys is expected
          """)
  void namesWhatIsWrong(String members, String problem) {
    assertEquals(
        "tenant.issuers[0]" + problem, refusal("[{\"issuer\":\"https://i\"," + members + "}]"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
  void aPrivateKeyIsRefusedAndNotQuoted(String member) {
    var keys =
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"A\"},{\"kty\":\"RSA\",\"%s\":\"hush\"}]}"
            .formatted(member);
    var refused =
        String.valueOf(
            assertThrows(FormatException.class, () -> IssuerJson.readKeySet(keys)).getMessage());
    assertEquals(
        "jwks.keys[1]." + member + " is part of a private key: a set of public keys is expected",
        refused);
    assertFalse(refused.contains("hush"));
  }

  @Test
  void aKeySetIsReadWithoutItsWhiteSpace() {
    assertEquals(KEYS, IssuerJson.readKeySet(KEYS.replace(",", " ,\n ")));
    assertThrows(FormatException.class, () -> IssuerJson.readKeySet("-----BEGIN PUBLIC KEY-----"));
    assertThrows(FormatException.class, () -> IssuerJson.readKeySet("[]"));
    assertThrows(FormatException.class, () -> IssuerJson.readKeySet(""));
  }

  @Test
  void aKeySetHasAtMost64KiB() {
    int rest = "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"\"}]}".length();
    var largest = "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" + "A".repeat(64 * 1024 - rest) + "\"}]}";
    assertEquals(largest, IssuerJson.readKeySet(largest));
    var refused =
        assertThrows(
            FormatException.class, () -> IssuerJson.readKeySet(largest.replace("\"n", "\"nn")));
    assertEquals("jwks must have at most 64 KiB", refused.getMessage());
  }

  @Test
  void aTenantHasAtMostTenIssuersOfAtMostTenAudiences() {
    assertEquals(10, read(issuers(10, 10)).size());
    assertEquals("tenant.issuers must have at most 10 entries", refusal(issuers(11, 1)));
    assertEquals("tenant.issuers[0].audiences must have 1 to 10 entries", refusal(issuers(1, 11)));
  }

  private static String issuers(int count, int audiences) {
    return IntStream.range(0, count)
        .mapToObj(i -> issuer("https://i" + i, "\"u" + i + "\"", audiences))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String issuer(String url, String prefix, int audiences) {
    return "{\"issuer\":\"%s\",\"user_prefix\":%s,\"audiences\":[%s]}"
        .formatted(
            url,
            prefix,
            IntStream.range(0, audiences)
                .mapToObj(i -> "\"a" + i + "\"")
                .collect(Collectors.joining(",")));
  }

  private static String pair(String first, String second) {
    return "[{\"issuer\":\"https://a\",\"audiences\":[\"x\"]%s},".formatted(first)
        + "{\"issuer\":\"https://b\",\"audiences\":[\"x\"]%s}]".formatted(second);
  }

  /** Otherwise two of its issuers could name the same person. */
  @Test
  void theIssuersOfATenantHavePrefixesOfWhichNoneBeginsWithAnother() {
    assertEquals(2, read(pair("", ",\"user_prefix\":\"b\"")).size());
    assertEquals(2, read(pair(",\"user_prefix\":\"b\"", "")).size());
    assertEquals(2, read(pair(",\"user_prefix\":\"b\"", ",\"user_prefix\":\"cb\"")).size());
    assertEquals(
        "tenant.issuers[1].user_prefix is missing, as in tenant.issuers[0]", refusal(pair("", "")));
    var begins = "user_prefix begins with that of tenant.issuers";
    assertEquals(
        "tenant.issuers[1]." + begins + "[0]",
        refusal(pair(",\"user_prefix\":\"b\"", ",\"user_prefix\":\"b\"")));
    assertEquals(
        "tenant.issuers[1]." + begins + "[0]",
        refusal(pair(",\"user_prefix\":\"b\"", ",\"user_prefix\":\"bc\"")));
    assertEquals(
        "tenant.issuers[0]." + begins + "[1]",
        refusal(pair(",\"user_prefix\":\"bc\"", ",\"user_prefix\":\"b\"")));
  }

  @Test
  void anIssuerIsListedOnce() {
    assertEquals(
        "tenant.issuers[1].issuer is the issuer of tenant.issuers[0]",
        refusal(
            "[" + issuer("https://a", "\"p\"", 1) + "," + issuer("https://a", "\"q\"", 2) + "]"));
  }
}

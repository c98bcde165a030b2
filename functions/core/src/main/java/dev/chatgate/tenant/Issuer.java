package dev.chatgate.tenant;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A login of which a tenant accepts the tokens (JSON Web Tokens, RFC 7519).
 *
 * <p>The name of a claim that begins with {@code /} is a JSON pointer (RFC 6901), any other is a
 * member of the token's claims.
 *
 * @param issuer the exact value of the claim {@code iss}, a URL
 * @param audiences the values one of which the audience claim must have; never empty
 * @param audienceClaim the claim with the audience, a string or a list; {@code aud} as a rule
 * @param userClaim the claim with the end user's id; {@code sub} as a rule
 * @param userPrefix stands before the end user's id, so that two issuers cannot name the same
 *     person
 * @param requiredClaims claims that a token must have, with their values
 * @param jwksUri where the key set is (RFC 7517); absent means that the issuer's discovery document
 *     says it (OpenID Connect Discovery 1.0, section 4)
 * @param jwks the key set itself, JSON, for an issuer without a public address; absent means that
 *     it is fetched
 * @param tierClaim the claim with the name of the end user's tier; absent means that the token
 *     names none
 */
public record Issuer(
    String issuer,
    List<String> audiences,
    String audienceClaim,
    String userClaim,
    Optional<String> userPrefix,
    Map<String, RequiredClaim> requiredClaims,
    Optional<URI> jwksUri,
    Optional<String> jwks,
    Optional<String> tierClaim) {
  /** The usual claim with the audience. */
  public static final String AUDIENCE_CLAIM = "aud";

  /** The usual claim with the end user's id. */
  public static final String USER_CLAIM = "sub";

  /** Copies the collections. */
  public Issuer {
    audiences = List.copyOf(audiences);
    requiredClaims = Map.copyOf(requiredClaims);
  }

  /** An issuer whose tokens name no tier. */
  public Issuer(
      String issuer,
      List<String> audiences,
      String audienceClaim,
      String userClaim,
      Optional<String> userPrefix,
      Map<String, RequiredClaim> requiredClaims,
      Optional<URI> jwksUri,
      Optional<String> jwks) {
    this(
        issuer,
        audiences,
        audienceClaim,
        userClaim,
        userPrefix,
        requiredClaims,
        jwksUri,
        jwks,
        Optional.empty());
  }

  /** The same issuer with another claim for the tier. */
  public Issuer withTierClaim(String name) {
    return new Issuer(
        issuer,
        audiences,
        audienceClaim,
        userClaim,
        userPrefix,
        requiredClaims,
        jwksUri,
        jwks,
        Optional.of(name));
  }
}

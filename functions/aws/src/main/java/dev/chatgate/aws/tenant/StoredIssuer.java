package dev.chatgate.aws.tenant;

import com.fasterxml.jackson.core.JsonParser;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.tenant.RequiredClaim;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One of a tenant's issuers as the Tenants table holds it: {@code
 * {"issuer","audiences","audience_claim","user_claim","user_prefix","required_claims","jwks_uri",
 * "jwks","tier_claim"}}, {@code jwks} a JSON object. Without {@code audience_claim} and {@code
 * user_claim} it is {@link Issuer#AUDIENCE_CLAIM} and {@link Issuer#USER_CLAIM}.
 */
public final class StoredIssuer {
  /** The claim with the name of the end user's tier: a string; absent means that there is none. */
  public static final String TIER_CLAIM = "tier_claim";

  /** The members that this release knows. */
  public static final Set<String> MEMBERS =
      Set.of(
          "issuer",
          "audiences",
          "audience_claim",
          "user_claim",
          "user_prefix",
          "required_claims",
          "jwks_uri",
          "jwks",
          TIER_CLAIM);

  private @Nullable String issuer;
  private List<String> audiences = List.of();
  private String audienceClaim = Issuer.AUDIENCE_CLAIM;
  private String userClaim = Issuer.USER_CLAIM;
  private @Nullable String userPrefix;
  private final Map<String, RequiredClaim> requiredClaims = new HashMap<>();
  private @Nullable URI jwksUri;
  private @Nullable String jwks;
  private @Nullable String tierClaim;

  private StoredIssuer() {}

  /**
   * Reads the issuer at which the parser stands.
   *
   * @throws IllegalArgumentException if it is damaged
   */
  static Issuer read(JsonParser json) throws IOException {
    var stored = new StoredIssuer();
    StoredJson.object(json, stored::member);
    return stored.issuer();
  }

  private void member(String name, JsonParser json) throws IOException {
    switch (name) {
      case "issuer" -> issuer = StoredJson.string(json);
      case "audiences" -> audiences = StoredJson.strings(json);
      case "audience_claim" -> audienceClaim = StoredJson.string(json);
      case "user_claim" -> userClaim = StoredJson.string(json);
      case "user_prefix" -> userPrefix = StoredJson.string(json);
      case "required_claims" -> StoredJson.object(json, this::requiredClaim);
      case "jwks_uri" -> jwksUri = URI.create(StoredJson.string(json));
      case "jwks" -> jwks = StoredJson.text(json);
      case TIER_CLAIM -> tierClaim = StoredJson.string(json);
      default -> json.skipChildren();
    }
  }

  /** A value of another type is damage: to ignore it would accept more tokens. */
  private void requiredClaim(String name, JsonParser json) throws IOException {
    requiredClaims.put(
        name,
        switch (json.currentToken()) {
          case VALUE_STRING -> new RequiredClaim.Text(json.getText());
          case VALUE_TRUE, VALUE_FALSE -> new RequiredClaim.Flag(json.getBooleanValue());
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
              new RequiredClaim.Numeric(json.getDecimalValue());
          default -> throw new IllegalArgumentException();
        });
  }

  private Issuer issuer() {
    StoredJson.require(!audiences.isEmpty());
    return new Issuer(
        StoredJson.require(issuer),
        audiences,
        audienceClaim,
        userClaim,
        Optional.ofNullable(userPrefix),
        requiredClaims,
        Optional.ofNullable(jwksUri),
        Optional.ofNullable(jwks),
        Optional.ofNullable(tierClaim));
  }
}

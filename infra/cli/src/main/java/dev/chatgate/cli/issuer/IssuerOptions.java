package dev.chatgate.cli.issuer;

import dev.chatgate.admin.IssuerJson;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.tenant.RequiredClaim;
import java.math.BigDecimal;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options that describe an issuer. */
final class IssuerOptions {
  /** RFC 8259, section 6. */
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?");

  @Option(
      names = "--audience",
      required = true,
      paramLabel = "VALUE",
      description =
          "Value that the audience claim of a token must have or contain (repeatable). Each pair of"
              + " issuer and audience belongs to one tenant of the deployment.")
  private List<String> audiences = List.of();

  @Option(
      names = "--audience-claim",
      paramLabel = "CLAIM",
      defaultValue = Issuer.AUDIENCE_CLAIM,
      description =
          "Claim with the audience; Cognito's access tokens have client_id. A name that begins with"
              + " / is a JSON pointer. Default: ${DEFAULT-VALUE}.")
  private String audienceClaim = Issuer.AUDIENCE_CLAIM;

  @Option(
      names = "--user-claim",
      paramLabel = "CLAIM",
      defaultValue = Issuer.USER_CLAIM,
      description =
          "Claim with the end user's ID, which the person must not be able to choose. Default:"
              + " ${DEFAULT-VALUE}.")
  private String userClaim = Issuer.USER_CLAIM;

  @Option(
      names = "--user-prefix",
      paramLabel = "TEXT",
      description =
          "Text before the end user's ID, 1 to 32 characters, so that two issuers cannot name the"
              + " same person: choose one with which no ID of another issuer begins. Required for"
              + " all but one of a tenant's issuers.")
  private Optional<String> userPrefix = Optional.empty();

  @Option(
      names = "--tier-claim",
      paramLabel = "CLAIM",
      description =
          "Claim with the name of the end user's tier, which the person must not be able to choose."
              + " Default: none; the end user has the tier default.")
  private Optional<String> tierClaim = Optional.empty();

  @Option(
      names = "--require",
      paramLabel = "CLAIM=VALUE",
      description =
          "Claim that a token must have, with its value: a number, true, false or a string"
              + " (repeatable). A string that looks like one of the others goes in double quotes.")
  private Map<String, String> requiredClaims = new LinkedHashMap<>();

  @ArgGroup private KeySource keys = new KeySource();

  /** Where the keys are, if not where the issuer's discovery document says. */
  static final class KeySource {
    @Option(
        names = "--jwks-uri",
        paramLabel = "URL",
        description =
            "URL of the issuer's key set. Default: the one in its OpenID Connect discovery"
                + " document.")
    private Optional<URI> uri = Optional.empty();

    @Option(
        names = "--jwks",
        paramLabel = "FILE",
        description =
            "Store the key set of this JSON file, for an issuer without a public address; - reads"
                + " standard input. When the issuer changes its keys, replace the file.")
    private Optional<String> file = Optional.empty();
  }

  /**
   * The issuer.
   *
   * @param url its URL
   * @param files reads a file
   * @throws IllegalArgumentException if an option is not valid
   */
  Issuer issuer(String url, UnaryOperator<String> files) {
    var claims = new LinkedHashMap<String, RequiredClaim>();
    requiredClaims.forEach((claim, value) -> claims.put(claim, value(value)));
    var issuer =
        new Issuer(
            url,
            audiences,
            audienceClaim,
            userClaim,
            userPrefix,
            claims,
            keys.uri,
            keys.file.map(files).map(IssuerJson::readKeySet),
            tierClaim);
    IssuerJson.require(issuer);
    return issuer;
  }

  private static RequiredClaim value(String text) {
    if (text.equals("true") || text.equals("false")) {
      return new RequiredClaim.Flag(text.equals("true"));
    }
    if (NUMBER.matcher(text).matches()) {
      return new RequiredClaim.Numeric(new BigDecimal(text));
    }
    boolean isQuoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
    return new RequiredClaim.Text(isQuoted ? text.substring(1, text.length() - 1) : text);
  }
}

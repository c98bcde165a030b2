package dev.chatgate.gateway.auth;

import dev.chatgate.gateway.http.GatewayRequest;
import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.secret.EdgeSecret;
import dev.chatgate.secret.SigningSecrets;
import java.util.Optional;

/**
 * Checks that a request came through the CDN in front of the deployment: the CDN adds the header
 * {@value #HEADER} with one of the deployment's edge secrets.
 */
public final class EdgeCheck {
  /** The header's name, in lower case. */
  public static final String HEADER = "x-chatgate-edge";

  private final SigningSecrets secrets;

  /**
   * @param secrets holds the edge secrets
   */
  public EdgeCheck(SigningSecrets secrets) {
    this.secrets = secrets;
  }

  /**
   * Why a request is refused, for the log.
   *
   * @return empty if the request came through the CDN
   * @throws dev.chatgate.secret.SigningSecretUnavailableException if the edge secrets cannot be
   *     read
   */
  public Optional<String> refusal(GatewayRequest request) {
    var sent = request.header(HEADER);
    // A text of another form can be no edge secret: it is not looked up.
    if (sent.filter(EdgeSecret::isPossible).filter(secrets::isEdgeSecret).isPresent()) {
      return Optional.empty();
    }
    if (secrets.current().edgeSecrets().isEmpty()) {
      return Optional.of("no edge secret is stored");
    }
    return Optional.of(sent.isPresent() ? "unknown edge secret" : "no edge header");
  }

  /** The error for a request that did not come through the CDN. It does not say why. */
  public static ApiError error() {
    return ApiError.of(
        ErrorCode.EDGE_REQUIRED,
        "This address does not take requests directly. Use the base URL that you were given.");
  }
}

package dev.chatgate.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.chatgate.gateway.account.DescribedApi;
import dev.chatgate.identity.clientsecret.ClientSecret;
import dev.chatgate.identity.clientsecret.ClientSecretCodec;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.Narrowing;
import dev.chatgate.tenant.TenantDirectory;
import dev.chatgate.tenant.TenantId;
import io.micronaut.context.BeanContext;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The client secret of a golden event's {@code client_secret}. It is of the event's tenant, and
 * replaces the word {@value #PLACEHOLDER} in the event.
 */
final class GoldenClientSecret {
  private static final String PLACEHOLDER = "CLIENT_SECRET";
  private static final TenantId TENANT = new TenantId("demo");
  private static final int KEY_CODE = 0;
  private static final List<String> MEMBERS =
      List.of("user", "tier", "models", "allowed_origins", "expires_in", "tampered");

  private GoldenClientSecret() {}

  /**
   * Puts the client secret into an event.
   *
   * @param application signs it
   * @param described the expectation's member; nothing is replaced if it is missing
   */
  static String into(String event, JsonNode described, BeanContext application) {
    if (described.isMissingNode()) {
      return event;
    }
    DescribedApi.names(described).stream()
        .filter(name -> !MEMBERS.contains(name))
        .findFirst()
        .ifPresent(name -> {
          throw new IllegalArgumentException("a client secret has no " + name);
        });
    var token = token(described, application);
    return event.replace(
        PLACEHOLDER, described.path("tampered").asBoolean() ? tampered(token) : token);
  }

  private static String token(JsonNode described, BeanContext application) {
    var tenant = application.getBean(TenantDirectory.class).find(TENANT, KEY_CODE).orElseThrow();
    var now = Instant.ofEpochSecond(Instant.now().getEpochSecond());
    return application
        .getBean(ClientSecretCodec.class)
        .write(
            new ClientSecret(
                TENANT,
                tenant.tenantCreatedAt(),
                KEY_CODE,
                "golden",
                now,
                now.plusSeconds(described.path("expires_in").asInt(600)),
                Optional.ofNullable(described.get("user")).map(id -> new EndUser(id.asText())),
                Optional.ofNullable(described.get("tier")).map(JsonNode::asText),
                new Narrowing(
                    texts(described.path("models")),
                    OptionalLong.empty(),
                    texts(described.path("allowed_origins")))))
        .orElseThrow();
  }

  private static Optional<List<String>> texts(JsonNode list) {
    return list.isMissingNode()
        ? Optional.empty()
        : Optional.of(DescribedApi.elements(list).map(JsonNode::asText).toList());
  }

  /** Changes one character of the claims. */
  private static String tampered(String token) {
    int at = token.indexOf('.') + 5;
    return token.substring(0, at) + (token.charAt(at) == 'x' ? 'y' : 'x') + token.substring(at + 1);
  }
}

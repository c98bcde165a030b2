package dev.chatgate.gateway.account;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.chatgate.gateway.exchange.Exchange;
import dev.chatgate.identity.clientsecret.ClientSecret;
import dev.chatgate.identity.clientsecret.ClientSecretCodec;
import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.Narrowing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Answers {@code POST /v1/client_secrets}: mints a client secret with a tenant key. It is signed
 * and not stored.
 */
public final class ClientSecretEndpoint {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int ID_BYTES = 16;

  private final ClientSecretCodec codec;
  private final NarrowingCheck check;
  private final InstantSource clock;
  private final RandomGenerator random;

  /**
   * @param codec signs client secrets
   * @param deploymentOrigins the deployment's allowed browser origins; {@code *} allows any
   * @param clock the current time
   * @param random a source that is not copied by a snapshot
   */
  public ClientSecretEndpoint(
      ClientSecretCodec codec,
      List<String> deploymentOrigins,
      InstantSource clock,
      RandomGenerator random) {
    this.codec = codec;
    this.check = new NarrowingCheck(deploymentOrigins);
    this.clock = clock;
    this.random = random;
  }

  /**
   * Answers the request.
   *
   * @param key the tenant key of the request; without it, its client secrets are not valid
   * @throws dev.chatgate.secret.SigningSecretUnavailableException if the signing secret cannot be
   *     read
   */
  public void mint(Exchange exchange, Credential key, byte[] body) {
    switch (ClientSecretRequest.parse(body)) {
      case ClientSecretRequest.Parsed.Invalid(var error) -> exchange.refuse(error);
      case ClientSecretRequest.Parsed.Valid(var request) -> mint(exchange, key, request);
    }
  }

  private void mint(Exchange exchange, Credential key, ClientSecretRequest request) {
    if (key.tenant().requireEndUser() && request.endUser().isEmpty()) {
      exchange.refuse(
          ApiError.about(
              ErrorCode.MISSING_REQUIRED_PARAMETER,
              "user",
              "Invalid 'user': This tenant requires an end user, but it is missing."));
      return;
    }
    check
        .error(request, key.tenant())
        .ifPresentOrElse(exchange::refuse, () -> answer(exchange, secret(key, request)));
  }

  private ClientSecret secret(Credential key, ClientSecretRequest request) {
    var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return new ClientSecret(
        key.tenant().id(),
        key.tenantCreatedAt(),
        key.keyCode(),
        freshId(),
        now,
        now.plus(request.lifetime()),
        request.endUser(),
        request.tier(),
        request.narrowing());
  }

  private String freshId() {
    var id = new byte[ID_BYTES];
    random.nextBytes(id);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(id);
  }

  private void answer(Exchange exchange, ClientSecret secret) {
    var token = codec.write(secret);
    if (token.isEmpty()) {
      exchange.refuse(tooLong(secret.narrowing()));
      return;
    }
    exchange.log().clientSecret(secret.id());
    exchange.answer(
        200,
        Map.of("content-type", "application/json", "cache-control", "no-store"),
        body(token.get(), secret));
  }

  private static ApiError tooLong(Narrowing narrowing) {
    boolean models = length(narrowing.models()) > length(narrowing.allowedOrigins());
    return ApiError.about(
        ErrorCode.INVALID_VALUE,
        models ? "models" : "allowed_origins",
        "The lists of models and origins are too long for a client secret. Name fewer.");
  }

  private static int length(Optional<List<String>> list) {
    return list.map(names -> String.join("", names).length()).orElse(0);
  }

  private static byte[] body(String token, ClientSecret secret) {
    var narrowing = secret.narrowing();
    var out = new ByteArrayOutputStream();
    try (var json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("object", "client_secret");
      json.writeStringField("value", token);
      json.writeNumberField("created_at", secret.createdAt().getEpochSecond());
      json.writeNumberField("expires_at", secret.expiresAt().getEpochSecond());
      json.writeStringField("user", secret.endUser().map(EndUser::id).orElse(null));
      json.writeStringField("tier", secret.tier().orElse(null));
      write(json, "models", narrowing.models());
      json.writeFieldName("max_tokens_per_request");
      if (narrowing.maxTokensPerRequest().isPresent()) {
        json.writeNumber(narrowing.maxTokensPerRequest().getAsLong());
      } else {
        json.writeNull();
      }
      write(json, "allowed_origins", narrowing.allowedOrigins());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to an array", e);
    }
    return out.toByteArray();
  }

  private static void write(JsonGenerator json, String name, Optional<List<String>> list)
      throws IOException {
    if (list.isEmpty()) {
      json.writeNullField(name);
      return;
    }
    json.writeArrayFieldStart(name);
    for (var value : list.get()) {
      json.writeString(value);
    }
    json.writeEndArray();
  }
}

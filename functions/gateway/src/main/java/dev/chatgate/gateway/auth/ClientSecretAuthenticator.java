package dev.chatgate.gateway.auth;

import dev.chatgate.identity.clientsecret.ClientSecret;
import dev.chatgate.identity.clientsecret.ClientSecretCodec;
import dev.chatgate.identity.clientsecret.ClientSecretResult;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.TenantDirectory;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Accepts a client secret as long as the tenant key with which it was minted could mint it again.
 * That key is looked up by its number, because a client secret does not contain its hash.
 */
public final class ClientSecretAuthenticator implements TokenAuthenticator {
  private final ClientSecretCodec codec;
  private final TenantDirectory tenants;
  private final InstantSource clock;

  /**
   * @param codec reads client secrets
   * @param tenants finds the tenant key of a client secret
   * @param clock the current time, for tenant keys that expire
   */
  public ClientSecretAuthenticator(
      ClientSecretCodec codec, TenantDirectory tenants, InstantSource clock) {
    this.codec = codec;
    this.tenants = tenants;
    this.clock = clock;
  }

  @Override
  public Optional<Authentication> authenticate(String token) {
    return switch (codec.read(token)) {
      case ClientSecretResult.Valid(var secret) -> Optional.of(authenticate(secret));
      case ClientSecretResult.Expired() ->
          Optional.of(new Authentication.Refused(AuthenticationErrors.expired()));
      case ClientSecretResult.Invalid() -> Optional.empty();
    };
  }

  private Authentication authenticate(ClientSecret secret) {
    return tenants
        .find(secret.tenant(), secret.keyCode())
        .filter(key -> mayHaveMinted(key, secret))
        .<Authentication>map(
            key -> Authentication.Authenticated.withClientSecret(caller(key, secret), secret.id()))
        .orElseGet(() -> new Authentication.Refused(AuthenticationErrors.invalid()));
  }

  /** The time of creation tells a tenant from a later one of the same name. */
  private boolean mayHaveMinted(Credential key, ClientSecret secret) {
    return !key.expiredAt(clock.instant())
        && key.tenantCreatedAt().equals(secret.tenantCreatedAt())
        && key.scopes().contains(Scope.CLIENT_SECRETS);
  }

  /** The scopes do not depend on the key's: a key may be one that can only mint. */
  private static Caller caller(Credential key, ClientSecret secret) {
    return new Caller(
            key.tenant(),
            Caller.Kind.CLIENT_SECRET,
            key.keyName(),
            key.keyCode(),
            Caller.FRONT_END,
            secret.narrowing(),
            secret.endUser())
        .withCredentialTier(secret.tier());
  }
}

package dev.chatgate.gateway.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.admin.TenantJson;
import dev.chatgate.gateway.GatewayHarness;
import dev.chatgate.gateway.KnownSigningSecret;
import dev.chatgate.gateway.RecordingDirectory;
import dev.chatgate.identity.clientsecret.ClientSecret;
import dev.chatgate.identity.clientsecret.ClientSecretCodec;
import dev.chatgate.identity.login.LoginResult;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.tenant.Credential;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.KeyHash;
import dev.chatgate.tenant.Narrowing;
import dev.chatgate.tenant.Scope;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The properties that must hold for any bytes as the value of {@code Authorization}: the result is
 * a value, it is a valid credential only for the two that are, nothing of the bytes is in a
 * refusal, and at most the index and one key are looked up.
 */
final class BearerFuzz {
  /** A key of the only tenant. */
  static final String KEY = "cg_" + "0123456789abcdef".repeat(4);

  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-01T00:00:00Z"));

  private final RecordingDirectory tenants = new RecordingDirectory();
  private final ClientSecretCodec codec =
      new ClientSecretCodec(new KnownSigningSecret("deployment"), CLOCK);
  private final BearerAuthenticator bearers =
      new BearerAuthenticator(
          tenants,
          new TenantKeyAuthenticator(tenants, CLOCK),
          new ClientSecretAuthenticator(codec, tenants, CLOCK),
          new LoginAuthenticator(token -> new LoginResult.Invalid()));

  BearerFuzz() {
    var tenant = TenantJson.readOne("{\"id\":\"acme\"}").tenant();
    tenants.keys.put(
        KeyHash.of(KEY),
        new Credential(tenant, Optional.empty(), "ci", 0, Optional.empty(), Scope.DEFAULT));
  }

  /** A client secret of that key. The same in every run. */
  String clientSecret() {
    var tenant = tenants.keys.values().iterator().next().tenant().id();
    return codec
        .write(
            new ClientSecret(
                tenant,
                Optional.empty(),
                0,
                "fuzz",
                CLOCK.instant(),
                CLOCK.instant().plusSeconds(60),
                Optional.of(new EndUser("ann")),
                Optional.empty(),
                Narrowing.NONE))
        .orElseThrow();
  }

  void check(byte[] authorization) {
    var value = new String(authorization, ISO_8859_1);
    for (boolean anyKeyForm : new boolean[] {false, true}) {
      tenants.anyKeyForm = anyKeyForm;
      tenants.reads.clear();
      check(value);
    }
  }

  private void check(String value) {
    var request = GatewayHarness.request("GET", "/", Map.of("authorization", value), "");
    var result = bearers.authenticate(request);
    assertTrue(
        List.of(List.of(), List.of("index"), List.of("key"), List.of("index", "key"))
                .contains(List.copyOf(tenants.reads))
            || tenants.reads.equals(List.of("key number")),
        tenants.reads::toString);
    if (value.strip().endsWith(KEY) || value.strip().endsWith(clientSecret())) {
      return;
    }
    var error = assertInstanceOf(Authentication.Refused.class, result).error();
    assertEquals(ErrorCode.INVALID_API_KEY, error.code());
    assertFalse(value.length() > 40 && error.message().contains(value), error.message());
  }

  /** Fails unless both credentials are accepted, so that the check above means something. */
  void checkCredentials() {
    tenants.anyKeyForm = false;
    for (var token : List.of(KEY, clientSecret())) {
      assertInstanceOf(
          Authentication.Authenticated.class,
          bearers.authenticate(
              GatewayHarness.request("GET", "/", Map.of("authorization", "Bearer " + token), "")));
    }
  }
}

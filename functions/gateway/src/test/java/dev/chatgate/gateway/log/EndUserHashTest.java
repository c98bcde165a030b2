package dev.chatgate.gateway.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.chatgate.gateway.KnownSigningSecret;
import dev.chatgate.tenant.EndUser;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EndUserHashTest {
  private final KnownSigningSecret secret = new KnownSigningSecret("deployment");
  private final EndUserHash hash = new EndUserHash(secret);

  /** By {@code openssl dgst -sha256 -mac HMAC}. */
  @Test
  void isTheBeginningOfTheHmac() {
    assertEquals(
        Optional.of("aacb20291f8017f84972c6689d66cd5c"), hash.of(new EndUser("M4RK@example.com")));
  }

  @Test
  void differsByPerson() {
    assertNotEquals(hash.of(new EndUser("ann")), hash.of(new EndUser("bob")));
    assertEquals(hash.of(new EndUser("ann")), hash.of(new EndUser("ann")));
  }

  @Test
  void isEmptyWithoutTheSecret() {
    secret.away = true;
    assertEquals(Optional.empty(), hash.of(new EndUser("ann")));
  }
}

package dev.chatgate.secret;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningSecretTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final SigningKey OLD = key("1", NOW.minusSeconds(60));
  private static final SigningKey NEW = key("2", NOW);
  private static final SigningKey LATER = key("3", NOW.plusSeconds(60));

  private static SigningKey key(String kid, Instant from) {
    return new SigningKey(kid, new byte[SigningKey.LENGTH], from);
  }

  private static SigningSecret secret(SigningKey... keys) {
    return new SigningSecret("d", List.of(keys), new byte[32]);
  }

  @Test
  void theNewestKeyThatHasStartedSigns() {
    var secret = secret(LATER, NEW, OLD);
    assertEquals(OLD, secret.signingKey(NOW.minusNanos(1)));
    assertEquals(NEW, secret.signingKey(NOW));
    assertEquals(LATER, secret.signingKey(NOW.plusSeconds(60)));
  }

  @Test
  void beforeAnyKeyHasStartedTheFirstSigns() {
    assertEquals(NEW, secret(LATER, NEW).signingKey(Instant.EPOCH));
  }

  @Test
  void everyKeyIsFoundByItsNameStartedOrNot() {
    assertEquals(Optional.of(LATER), secret(LATER, OLD).key("3"));
    assertEquals(Optional.of(OLD), secret(LATER, OLD).key("1"));
    assertEquals(Optional.empty(), secret(LATER, OLD).key("2"));
  }

  @Test
  void thereIsAKeyAndNoNameTwice() {
    assertThrows(IllegalArgumentException.class, () -> secret());
    assertThrows(IllegalArgumentException.class, () -> secret(OLD, key("1", NOW)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a.b", "é", "\"", "a\n"})
  void aKeyHasAName(String kid) {
    var refused = assertThrows(IllegalArgumentException.class, () -> key(kid, NOW));
    assertFalse(kid.length() > 1 && String.valueOf(refused.getMessage()).contains(kid));
  }

  @Test
  void aNameHasAtMost64Characters() {
    assertEquals(64, key("k".repeat(64), NOW).kid().length());
    assertThrows(IllegalArgumentException.class, () -> key("k".repeat(65), NOW));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 33, 64})
  void aKeyHas32Bytes(int length) {
    assertThrows(IllegalArgumentException.class, () -> new SigningKey("1", new byte[length], NOW));
  }

  @Test
  void noKeyIsShown() {
    assertEquals("SigningSecret[d]", secret(OLD).toString());
    assertEquals("SigningKey[1]", OLD.toString());
  }
}

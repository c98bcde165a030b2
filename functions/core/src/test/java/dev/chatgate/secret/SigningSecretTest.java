package dev.chatgate.secret;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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

  private static SigningSecret withEdge(String... values) {
    return new SigningSecret(
        "d", List.of(OLD), new byte[32], Arrays.stream(values).map(EdgeSecret::new).toList());
  }

  @Test
  void anEdgeSecretIsEqualToOneOfAtMostTwo() {
    var one = "a".repeat(32);
    var other = "b".repeat(64);
    for (var secret : List.of(withEdge(one, other), withEdge(other, one))) {
      assertTrue(secret.isEdgeSecret(one));
      assertTrue(secret.isEdgeSecret(other));
      assertFalse(secret.isEdgeSecret(other.substring(1)));
      assertFalse(secret.isEdgeSecret(other + "b"));
      assertFalse(secret.isEdgeSecret(one.toUpperCase(Locale.ROOT)));
      assertFalse(secret.isEdgeSecret(""));
    }
    assertTrue(withEdge(one).isEdgeSecret(one));
    assertFalse(withEdge(one).isEdgeSecret(other));
    var three = new String[] {one, other, "c".repeat(32)};
    assertThrows(IllegalArgumentException.class, () -> withEdge(three));
  }

  @Test
  void withoutEdgeSecretsNothingIsOne() {
    assertEquals(List.of(), secret(OLD).edgeSecrets());
    assertFalse(secret(OLD).isEdgeSecret(""));
    assertFalse(secret(OLD).isEdgeSecret("a".repeat(64)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 129})
  void anEdgeSecretHas32To128Characters(int length) {
    assertFalse(EdgeSecret.isPossible("a".repeat(length)));
    assertThrows(IllegalArgumentException.class, () -> new EdgeSecret("a".repeat(length)));
    assertTrue(EdgeSecret.isPossible("a".repeat(32)));
    assertTrue(EdgeSecret.isPossible("a".repeat(128)));
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "\n", ".", ",", "\"", "é", "/"})
  void anEdgeSecretHasPlainCharacters(String other) {
    var value = "a".repeat(40) + other;
    var refused = assertThrows(IllegalArgumentException.class, () -> new EdgeSecret(value));
    assertFalse(String.valueOf(refused.getMessage()).contains("aaa"), refused.getMessage());
  }

  @Test
  void noKeyIsShown() {
    assertEquals("EdgeSecret[…]", new EdgeSecret("a".repeat(32)).toString());
    assertEquals("SigningSecret[d]", secret(OLD).toString());
    assertEquals("SigningKey[1]", OLD.toString());
  }
}

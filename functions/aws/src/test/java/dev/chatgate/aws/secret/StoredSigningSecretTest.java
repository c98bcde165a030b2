package dev.chatgate.aws.secret;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.chatgate.secret.EdgeSecret;
import dev.chatgate.secret.SigningKey;
import dev.chatgate.secret.SigningSecretUnavailableException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredSigningSecretTest {
  private static final String SEED =
      "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg";
  private static final String ONE = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
  private static final String TWO = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI";
  private static final String NEW = "{\"seed\":\"" + SEED + "\"}";

  private static String withKeys(String keys) {
    return "{\"seed\":\"" + SEED + "\",\"keys\":" + keys + "}";
  }

  private static String key(String kid, String key, String from) {
    return "{\"kid\":\"%s\",\"key\":\"%s\",\"from\":\"%s\"}".formatted(kid, key, from);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** A change would end all client secrets and give every end user another name in logs. */
  @Test
  void whatIsDerivedFromTheSeedNeverChanges() {
    var secret = StoredSigningSecret.read(NEW);
    assertEquals("47db7f90b849729f", secret.deployment());
    assertEquals(
        "5154a51842f3eebf3d272a1c84b7b92ed6fe7f39c2cd4b4ee738dc1016221775", hex(secret.logKey()));
    var only = secret.keys().getFirst();
    assertEquals(1, secret.keys().size());
    assertEquals("1", only.kid());
    assertEquals(
        "c3dd9503fa045bb30e7371e2ac4a9b1e7a0d98ef61165b745dd2572ccc4fb729", hex(only.key()));
    assertEquals(Instant.EPOCH, only.from());
  }

  @Test
  void anotherSeedGivesAnotherOfEach() {
    var one = StoredSigningSecret.read(NEW);
    var other = StoredSigningSecret.read(NEW.replace("gggg", "gggh"));
    assertNotEquals(one.deployment(), other.deployment());
    assertNotEquals(hex(one.logKey()), hex(other.logKey()));
    assertNotEquals(hex(one.keys().getFirst().key()), hex(other.keys().getFirst().key()));
  }

  @Test
  void storedKeysTakeThePlaceOfTheDerivedOneAndNothingElse() {
    var before = StoredSigningSecret.read(NEW);
    var secret =
        StoredSigningSecret.read(
            withKeys(
                "["
                    + key("1", ONE, "1970-01-01T00:00:00Z")
                    + ","
                    + key("b_-2", TWO, "2026-11-23T12:00:00.5Z")
                    + "]"));
    assertEquals(before.deployment(), secret.deployment());
    assertArrayEquals(before.logKey(), secret.logKey());
    assertEquals(List.of("1", "b_-2"), secret.keys().stream().map(SigningKey::kid).toList());
    assertEquals("01".repeat(32), hex(secret.keys().getFirst().key()));
    assertEquals("02".repeat(32), hex(secret.keys().getLast().key()));
    assertEquals(Instant.EPOCH, secret.keys().getFirst().from());
    assertEquals(Instant.parse("2026-11-23T12:00:00.5Z"), secret.keys().getLast().from());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"form\":2,\"seed\":\"SEED\",\"x\":{\"seed\":[1.50]}}",
        "{\"seed\":\"SEED\",\"keys\":[{\"note\":{\"kid\":\"9\"},\"kid\":\"1\",\"key\":\"ONE\","
            + "\"from\":\"2026-01-01T00:00:00Z\"}]}",
        " {\"critical\":[\"seed\",\"keys\",\"critical\"],\"seed\":\"SEED\"}\n",
        "{\"critical\":[],\"seed\":\"SEED\"}"
      })
  void aMemberOfALaterReleaseIsIgnored(String stored) {
    var secret = StoredSigningSecret.read(stored.replace("SEED", SEED).replace("ONE", ONE));
    assertEquals("1", secret.keys().getFirst().kid());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"critical\":[\"form\"],\"form\":2,\"seed\":\"SEED\"}",
        "{\"seed\":\"SEED\",\"critical\":[\"keys\",\"until\"]}",
        "{\"seed\":\"SEED\",\"critical\":\"until\"}",
        "{\"seed\":\"SEED\",\"critical\":[7]}",
        "{\"seed\":\"SEED\",\"critical\":{}}"
      })
  void aCriticalMemberThatIsNotKnownRefusesIt(String stored) {
    assertEquals(
        "the signing secret has a critical member that this release does not know",
        refused(stored.replace("SEED", SEED)));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " \n"})
  void anEmptySecretIsRefused(String stored) {
    assertEquals(
        "the signing secret is empty",
        assertThrows(
                SigningSecretUnavailableException.class, () -> StoredSigningSecret.read(stored))
            .getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SEED",
        "{",
        "{}",
        "[]",
        "null",
        "\"SEED\"",
        "{\"seed\":\"SEED\"",
        "{\"seed\":\"SEED\"}x",
        "{\"seed\":\"SEED\"}{}",
        "{\"seed\":\"SEED\",\"seed\":\"SEED\"}",
        "{\"Seed\":\"SEED\"}",
        "{\"seed\":7}",
        "{\"seed\":[\"SEED\"]}",
        "{\"seed\":null}",
        "{\"seed\":\"\"}",
        "{\"seed\":\"0123456789012345678901234567890\"}",
        "{\"seed\":\"                                        \"}",
        "{\"keys\":[{\"kid\":\"1\",\"key\":\"ONE\",\"from\":\"2026-01-01T00:00:00Z\"}]}"
      })
  void aDamagedSecretIsRefused(String stored) {
    assertEquals("the signing secret is damaged", refused(stored.replace("SEED", SEED)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{}",
        "\"ONE\"",
        "[]",
        "[null]",
        "[[]]",
        "[{}]",
        "[{\"kid\":\"1\",\"key\":\"ONE\"}]",
        "[{\"kid\":\"1\",\"from\":\"FROM\"}]",
        "[{\"key\":\"ONE\",\"from\":\"FROM\"}]",
        "[{\"kid\":1,\"key\":\"ONE\",\"from\":\"FROM\"}]",
        "[{\"kid\":\"\",\"key\":\"ONE\",\"from\":\"FROM\"}]",
        "[{\"kid\":\"a.b\",\"key\":\"ONE\",\"from\":\"FROM\"}]",
        "[{\"kid\":\"1\",\"key\":\"ONE\",\"from\":\"FROM\"},7]",
        "[{\"kid\":\"1\",\"key\":\"AQEB\",\"from\":\"FROM\"}]",
        "[{\"kid\":\"1\",\"key\":\"ONEAA\",\"from\":\"FROM\"}]",
        "[{\"kid\":\"1\",\"key\":\"ONE ONE\",\"from\":\"FROM\"}]",
        "[{\"kid\":\"1\",\"key\":\"+++++++++++++++++++++++++++++++++++++++++++\",\"from\":\"FROM\"}]",
        "[{\"kid\":\"1\",\"key\":{},\"from\":\"FROM\"}]",
        "[{\"kid\":\"1\",\"key\":\"ONE\",\"from\":\"yesterday\"}]",
        "[{\"kid\":\"1\",\"key\":\"ONE\",\"from\":0}]",
        "[{\"kid\":\"1\",\"kid\":\"1\",\"key\":\"ONE\",\"from\":\"FROM\"}]",
        "[{\"kid\":\"1\",\"key\":\"ONE\",\"from\":\"FROM\"},"
            + "{\"kid\":\"1\",\"key\":\"TWO\",\"from\":\"FROM\"}]"
      })
  void damagedKeysAreRefused(String keys) {
    assertEquals(
        "the signing secret is damaged",
        refused(
            withKeys(
                keys.replace("ONE", ONE)
                    .replace("TWO", TWO)
                    .replace("FROM", "2026-01-01T00:00:00Z"))));
  }

  @Test
  void edgeSecretsAreReadInTheirOrderAndChangeNothingElse() {
    var before = StoredSigningSecret.read(NEW);
    assertEquals(List.of(), before.edgeSecrets());
    var one = "a".repeat(64);
    var two = "b".repeat(64);
    var stored = NEW.replace("}", ",\"edge\":[\"" + one + "\",\"" + two + "\"]}");
    var secret = StoredSigningSecret.read(stored);
    assertEquals(List.of(new EdgeSecret(one), new EdgeSecret(two)), secret.edgeSecrets());
    assertEquals(before.deployment(), secret.deployment());
    assertArrayEquals(before.logKey(), secret.logKey());
    assertArrayEquals(before.keys().getFirst().key(), secret.keys().getFirst().key());
    assertFalse(secret.toString().contains(one), secret.toString());
    assertEquals(
        List.of(), StoredSigningSecret.read(NEW.replace("}", ",\"edge\":[]}")).edgeSecrets());
  }

  @Test
  void edgeSecretsMayBeCritical() {
    var stored = NEW.replace("}", ",\"edge\":[\"" + ONE + "\"],\"critical\":[\"edge\"]}");
    assertEquals(List.of(new EdgeSecret(ONE)), StoredSigningSecret.read(stored).edgeSecrets());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{}",
        "\"ONE\"",
        "[null]",
        "[7]",
        "[[]]",
        "[\"\"]",
        "[\"short\"]",
        "[\"ONE ONE\"]",
        "[\"ONE\",{}]",
        "[\"ONE\",\"TWO\",\"ONETWO\"]"
      })
  void damagedEdgeSecretsAreRefused(String edge) {
    var stored = NEW.replace("}", ",\"edge\":" + edge + "}");
    assertEquals(
        "the signing secret is damaged", refused(stored.replace("ONE", ONE).replace("TWO", TWO)));
  }

  /** The message with which a secret is refused. Nothing of the secret is in the exception. */
  private static String refused(String stored) {
    var refused =
        assertThrows(
            SigningSecretUnavailableException.class, () -> StoredSigningSecret.read(stored));
    assertNull(refused.getCause());
    assertFalse(refused.toString().contains(SEED), refused.toString());
    assertFalse(refused.toString().contains(ONE), refused.toString());
    return String.valueOf(refused.getMessage());
  }

  @Test
  void noKeyIsShown() {
    var shown =
        StoredSigningSecret.read(withKeys("[" + key("1", ONE, "2026-01-01T00:00:00Z") + "]"));
    assertEquals("SigningSecret[" + shown.deployment() + "]", shown.toString());
    assertEquals("[SigningKey[1]]", shown.keys().toString());
  }
}

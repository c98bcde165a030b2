package dev.chatgate.admin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.chatgate.aws.secret.StoredSigningSecret;
import dev.chatgate.secret.EdgeSecret;
import dev.chatgate.secret.SigningKey;
import dev.chatgate.secret.SigningSecretUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The string of the signing secret: as the template makes it, and with keys. */
class SigningSecretWriterTest {
  private static final String SEED = "s".repeat(64);
  private static final String NEW = "{\"seed\":\"" + SEED + "\"}";
  private static final String TWOS = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI";
  private static final String SEVENS = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(900);

  private final SigningSecretWriter writer =
      new SigningSecretWriter(
          new RandomGenerator() {
            @Override
            public long nextLong() {
              return 0;
            }

            @Override
            public void nextBytes(byte[] bytes) {
              Arrays.fill(bytes, (byte) 7);
            }
          });

  private static List<String> kids(String stored) {
    return StoredSigningSecret.read(stored).keys().stream().map(SigningKey::kid).toList();
  }

  @Test
  void theFirstRotationKeepsTheDerivedKeyAndAllElseThatIsDerived() {
    var before = StoredSigningSecret.read(NEW);
    var after = StoredSigningSecret.read(writer.rotate(NEW, NOW, SOON));
    assertEquals(before.deployment(), after.deployment());
    assertArrayEquals(before.logKey(), after.logKey());
    assertEquals(List.of("1", "2"), after.keys().stream().map(SigningKey::kid).toList());
    assertArrayEquals(before.keys().getFirst().key(), after.keys().getFirst().key());
    assertEquals("1", after.signingKey(SOON.minusNanos(1)).kid());
    assertEquals("2", after.signingKey(SOON).kid());
  }

  @Test
  void theFormIsFixed() {
    assertEquals(
        """
        {"seed":"%s","keys":[{"kid":"2","key":"%s","from":"2026-11-23T12:00:00Z"}]}\
        """
            .formatted(SEED, SEVENS),
        writer.rotateNow(NEW, NOW));
  }

  @Test
  void rotatingAtOnceLeavesOnlyTheNewKeyAndNoNameComesTwice() {
    var after = writer.rotateNow(writer.rotate(NEW, NOW, SOON), NOW);
    assertEquals(List.of("3"), kids(after));
    assertEquals(List.of("4"), kids(writer.rotateNow(after, NOW)));
    assertEquals(
        StoredSigningSecret.read(NEW).deployment(), StoredSigningSecret.read(after).deployment());
  }

  @Test
  void aKeyGoesThreeHoursAfterAnotherTookItsPlace() {
    var stored = writer.rotate(NEW, NOW, SOON);
    var last = SOON.plus(SigningSecretWriter.KEPT_FOR).minusNanos(1);
    assertEquals(List.of("1", "2", "3"), kids(writer.rotate(stored, last, last.plusSeconds(900))));
    var gone = SOON.plus(SigningSecretWriter.KEPT_FOR);
    assertEquals(List.of("2", "3"), kids(writer.rotate(stored, gone, gone.plusSeconds(900))));
  }

  @Test
  void keysThatWaitStay() {
    var stored = writer.rotate(NEW, NOW, SOON);
    stored = writer.rotate(stored, NOW.plusSeconds(60), SOON.plusSeconds(60));
    assertEquals(List.of("1", "2", "3"), kids(stored));
  }

  @Test
  void manyRotationsKeepFewKeys() {
    var stored = NEW;
    var now = NOW;
    for (int day = 0; day < 400; day++) {
      stored = writer.rotate(stored, now, now.plusSeconds(900));
      now = now.plus(Duration.ofDays(1));
    }
    assertEquals(List.of("400", "401"), kids(stored));
  }

  @Test
  void whatALaterReleaseWroteIsKept() {
    var stored =
        """
        {"form":2,"seed":"%s","critical":["seed"],"x":{"keys":[1.50]},\
        "keys":[{"note":["n"],"kid":"b","key":"%s","from":"2026-11-01T00:00:00Z"}]}\
        """
            .formatted(SEED, TWOS);
    var added = "{\"kid\":\"1\",\"key\":\"%s\",\"from\":\"%s\"}".formatted(SEVENS, SOON);
    assertEquals(stored.replace("}]}", "}," + added + "]}"), writer.rotate(stored, NOW, SOON));
    assertEquals(
        stored.replaceFirst(
            "\\{\"note.*}]}", added.replace(SOON.toString(), NOW.toString()) + "]}"),
        writer.rotateNow(stored, NOW));
  }

  private static List<String> edgeSecrets(String stored) {
    return StoredSigningSecret.read(stored).edgeSecrets().stream().map(EdgeSecret::value).toList();
  }

  @Test
  void theFirstEdgeSecretIsAddedAndNothingElseChanges() {
    assertEquals(
        "{\"seed\":\"%s\",\"edge\":[\"%s\"]}".formatted(SEED, "07".repeat(32)),
        writer.addEdgeSecret(NEW));
  }

  @Test
  void aThirdEdgeSecretTakesThePlaceOfTheOldest() {
    var stored = withEdge("a".repeat(64), "b".repeat(64));
    assertEquals(
        List.of("b".repeat(64), "07".repeat(32)), edgeSecrets(writer.addEdgeSecret(stored)));
  }

  @Test
  void droppingTheOldEdgeSecretLeavesTheNewest() {
    var stored = withEdge("a".repeat(64), "b".repeat(64));
    assertEquals(List.of("b".repeat(64)), edgeSecrets(writer.dropOldEdgeSecret(stored)));
    assertEquals(
        List.of("a".repeat(64)), edgeSecrets(writer.dropOldEdgeSecret(withEdge("a".repeat(64)))));
    assertEquals(List.of(), edgeSecrets(writer.dropOldEdgeSecret(NEW)));
  }

  @Test
  void keysAndEdgeSecretsDoNotChangeEachOther() {
    var withKeys = writer.rotate(NEW, NOW, SOON);
    var both = writer.addEdgeSecret(withKeys);
    assertEquals(kids(withKeys), kids(both));
    assertEquals(List.of("07".repeat(32)), edgeSecrets(writer.rotate(both, NOW, SOON)));
    assertEquals(List.of("07".repeat(32)), edgeSecrets(writer.rotateNow(both, NOW)));
    assertEquals(
        StoredSigningSecret.read(NEW).deployment(), StoredSigningSecret.read(both).deployment());
  }

  @Test
  void aChangeOfEdgeSecretsKeepsWhatALaterReleaseWrote() {
    var stored =
        "{\"form\":2,\"seed\":\"%s\",\"critical\":[\"seed\"],\"edge\":[\"%s\"],\"x\":{\"edge\":[1.50]}}"
            .formatted(SEED, "a".repeat(64));
    assertEquals(
        stored.replace("],\"x\"", ",\"" + "07".repeat(32) + "\"],\"x\""),
        writer.addEdgeSecret(stored));
    assertEquals(stored, writer.dropOldEdgeSecret(stored));
  }

  private static String withEdge(String... values) {
    return "{\"seed\":\"%s\",\"edge\":[\"%s\"]}".formatted(SEED, String.join("\",\"", values));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "{\"seed\":\"short\"}",
        "{\"seed\":\"SEED\",\"keys\":[]}",
        "{\"seed\":\"SEED\",\"edge\":[\"short\"]}",
        "{\"seed\":\"SEED\",\"critical\":[\"until\"]}",
        "{\"seed\":\"SEED\"}x"
      })
  void aSecretThatCannotBeReadIsNotRewritten(String stored) {
    var secret = stored.replace("SEED", SEED);
    for (var refused :
        List.of(
            assertThrows(
                SigningSecretUnavailableException.class, () -> writer.rotate(secret, NOW, SOON)),
            assertThrows(
                SigningSecretUnavailableException.class, () -> writer.rotateNow(secret, NOW)),
            assertThrows(
                SigningSecretUnavailableException.class, () -> writer.addEdgeSecret(secret)),
            assertThrows(
                SigningSecretUnavailableException.class, () -> writer.dropOldEdgeSecret(secret)))) {
      assertFalse(refused.toString().contains(SEED), refused.toString());
    }
  }
}

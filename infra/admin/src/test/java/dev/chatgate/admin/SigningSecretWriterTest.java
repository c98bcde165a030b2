package dev.chatgate.admin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.chatgate.aws.secret.StoredSigningSecret;
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "{\"seed\":\"short\"}",
        "{\"seed\":\"SEED\",\"keys\":[]}",
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
                SigningSecretUnavailableException.class, () -> writer.rotateNow(secret, NOW)))) {
      assertFalse(refused.toString().contains(SEED), refused.toString());
    }
  }
}

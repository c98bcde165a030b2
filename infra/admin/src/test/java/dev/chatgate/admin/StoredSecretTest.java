package dev.chatgate.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.aws.secret.StoredProviderKey;
import dev.chatgate.secret.ProviderKey;
import dev.chatgate.secret.ProviderKeyUnavailableException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The string of the provider's secret: a key, as release 0.1.0 wrote it, or JSON. */
class StoredSecretTest {
  private static final ProviderKey NEW = new ProviderKey("sk-new");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "sk-a|sk-new",
        "' sk-a\n'|sk-new",
        "{\"key\":\"sk-a\"}|{\"key\":\"sk-new\"}",
        "' {\"key\":\"sk-a\"}\n'|{\"key\":\"sk-new\"}",
        "{\"form\":2,\"key\":\"sk-a\",\"x\":{\"key\":[1.50]}}"
            + "|{\"form\":2,\"key\":\"sk-new\",\"x\":{\"key\":[1.50]}}",
        "{\"critical\":[\"key\"],\"key\":\"sk-a\"}|{\"critical\":[\"key\"],\"key\":\"sk-new\"}"
      })
  void bothFormsAreReadAndWhatIsNotKnownIsKept(String secret, String rewritten) {
    assertEquals(Optional.of("sk-a"), StoredProviderKey.read(secret));
    assertEquals(rewritten, ProviderSecretWriter.write(NEW, Optional.of(secret)));
  }

  @Test
  void anEmptySecretHasNoKey() {
    assertEquals(Optional.empty(), StoredProviderKey.read(null));
    assertEquals(Optional.empty(), StoredProviderKey.read(" \n"));
    assertEquals("sk-new", ProviderSecretWriter.write(NEW, Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"critical\":[\"header\"],\"header\":\"x\",\"key\":\"sk-a\"}",
        "{\"key\":\"sk-a\",\"critical\":[\"key\",\"form\"]}",
        "{\"key\":\"sk-a\",\"critical\":\"header\"}"
      })
  void aCriticalMemberThatIsNotKnownRefusesIt(String secret) {
    var refused =
        assertThrows(ProviderKeyUnavailableException.class, () -> StoredProviderKey.read(secret));
    assertEquals(
        "the provider's secret has a critical member that this release does not know",
        refused.getMessage());
    assertThrows(
        StoreUnavailableException.class,
        () -> ProviderSecretWriter.write(NEW, Optional.of(secret)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{}",
        "{\"key\":7}",
        "{\"key\":\" \"}",
        "{sk-a}",
        "{\"Key\":\"sk-a\"}",
        "{\"key\":\"sk-a\""
      })
  void aDamagedSecretIsSaidWithoutQuotingItAndCanBeReplaced(String secret) {
    var refused =
        assertThrows(ProviderKeyUnavailableException.class, () -> StoredProviderKey.read(secret));
    assertFalse(refused.toString().contains("sk-a"), refused.toString());
    var replaced = ProviderSecretWriter.write(NEW, Optional.of(secret));
    assertEquals(Optional.of("sk-new"), StoredProviderKey.read(replaced));
  }
}

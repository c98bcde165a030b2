package dev.chatgate.aws.secret;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.chatgate.secret.ProviderKey;
import dev.chatgate.secret.ProviderKeyUnavailableException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueRequest;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

class SecretProviderKeysTest {
  private final Secrets secrets = new Secrets();
  private volatile Instant now = Instant.parse("2026-11-01T00:00:00Z");
  private final SecretProviderKeys keys = new SecretProviderKeys(secrets, "provider", () -> now);

  @Test
  void readsOnceAndRemembers() {
    assertEquals("sk-1", keys.current().secret());
    secrets.value = "sk-2";
    assertEquals("sk-1", keys.current().secret());
    assertEquals(1, secrets.reads.get());
  }

  @Test
  void forgivesWhiteSpaceAroundTheKey() {
    secrets.value = " sk-1\n";
    assertEquals("sk-1", keys.current().secret());
  }

  @Test
  void anAgingKeyIsRefreshedBesideTheCall() throws Exception {
    keys.current();
    secrets.value = "sk-2";
    secrets.read = new CountDownLatch(1);
    now = now.plus(SecretProviderKeys.REFRESH_AFTER).plusSeconds(1);
    assertEquals("sk-1", keys.current().secret(), "the call does not wait");
    secrets.read.await();
    while (!keys.current().secret().equals("sk-2")) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aStaleKeyIsReadAnewByTheCall() {
    keys.current();
    secrets.value = "sk-2";
    now = now.plus(SecretProviderKeys.STALE_AFTER).plusSeconds(1);
    assertEquals("sk-2", keys.current().secret());
  }

  @Test
  void aFailedRefreshLeavesTheKeyInUseAndPauses() {
    keys.current();
    secrets.value = null;
    now = now.plus(SecretProviderKeys.STALE_AFTER).plusSeconds(1);
    assertEquals("sk-1", keys.current().secret());
    assertEquals("sk-1", keys.current().secret());
    assertEquals(2, secrets.reads.get(), "the second call did not try again");
    secrets.value = "sk-2";
    now = now.plus(SecretProviderKeys.PAUSE_AFTER_FAILURE);
    assertEquals("sk-2", keys.current().secret());
  }

  @Test
  void aRefusedKeyIsReadAnewOnceForAllWhoWereRefused() throws Exception {
    var refused = keys.current();
    secrets.value = "sk-2";
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers =
          IntStream.range(0, 50)
              .mapToObj(i -> callers.submit(() -> keys.replacing(refused)))
              .toList();
      for (var answer : answers) {
        assertEquals("sk-2", answer.get().secret());
      }
    }
    assertEquals(2, secrets.reads.get());
  }

  @Test
  void aRefusedKeyThatTheStoreStillHoldsComesBack() {
    var refused = keys.current();
    assertEquals(refused, keys.replacing(refused));
  }

  @Test
  void withoutAnyKeyAFailureIsNamedAndShowsNothing() {
    secrets.value = null;
    var thrown = assertThrows(ProviderKeyUnavailableException.class, keys::current);
    assertEquals("reading the provider's secret failed", thrown.getMessage());
    secrets.value = "  ";
    assertThrows(ProviderKeyUnavailableException.class, keys::current);
  }

  @Test
  void whileTheCurrentKeyIsRefusedThePreviousOneServesEveryCall() {
    rotate("sk-bad");
    var bad = keys.current();
    assertEquals(bad, keys.replacing(bad), "read anew, it is the same");
    var previous = keys.previous(bad).orElseThrow();
    assertEquals(new ProviderKey("sk-1", true), previous);
    int reads = secrets.reads.get();
    assertEquals(previous, keys.current());
    assertEquals(previous, keys.previous(bad).orElseThrow(), "others who were refused meanwhile");
    assertEquals(reads, secrets.reads.get(), "remembered");
  }

  @Test
  void afterAWhileTheCurrentKeyHasAnotherChance() {
    rotate("sk-bad");
    var bad = keys.current();
    keys.previous(bad);
    secrets.value = "sk-good";
    now = now.plus(SecretProviderKeys.PREVIOUS_FOR);
    assertEquals(bad, keys.current());
    assertEquals(new ProviderKey("sk-good"), keys.replacing(bad));
    assertEquals(new ProviderKey("sk-good"), keys.current());
  }

  @Test
  void aPreviousKeyThatIsRevokedMeanwhileGivesWayToTheCurrentOne() {
    rotate("sk-bad");
    var previous = keys.previous(keys.current()).orElseThrow();
    secrets.value = "sk-good";
    assertEquals(new ProviderKey("sk-good"), keys.replacing(previous));
    assertEquals(new ProviderKey("sk-good"), keys.current());
  }

  @Test
  void withoutAnotherVersionThereIsNoPreviousKey() {
    assertEquals(Optional.empty(), keys.previous(keys.current()));
    secrets.previous = "sk-1";
    assertEquals(Optional.empty(), keys.previous(keys.current()), "the refused one itself");
  }

  private void rotate(String next) {
    secrets.previous = secrets.value;
    secrets.value = next;
  }

  @Test
  void theKeyIsNotShown() {
    assertFalse(keys.current().toString().contains("sk-1"));
    assertSame(keys.current(), keys.current());
  }

  private static final class Secrets implements SecretsManagerClient {
    private final AtomicInteger reads = new AtomicInteger();
    private volatile @Nullable String value = "sk-1";
    private volatile @Nullable String previous;
    private volatile CountDownLatch read = new CountDownLatch(1);

    @Override
    public GetSecretValueResponse getSecretValue(GetSecretValueRequest request) {
      reads.incrementAndGet();
      read.countDown();
      boolean isPrevious = "AWSPREVIOUS".equals(request.versionStage());
      var now = isPrevious ? previous : value;
      if (now == null && isPrevious) {
        throw ResourceNotFoundException.builder().message("no such stage").build();
      }
      if (now == null) {
        throw SdkClientException.create("away");
      }
      return GetSecretValueResponse.builder().secretString(now).build();
    }

    @Override
    public String serviceName() {
      return "secretsmanager";
    }

    @Override
    public void close() {}
  }
}

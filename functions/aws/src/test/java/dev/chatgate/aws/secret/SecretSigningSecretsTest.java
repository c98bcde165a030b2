package dev.chatgate.aws.secret;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.secret.SigningKey;
import dev.chatgate.secret.SigningSecretUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueRequest;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;

@Timeout(60)
class SecretSigningSecretsTest {
  private final Secrets store = new Secrets();
  private volatile Instant now = Instant.parse("2026-11-01T00:00:00Z");
  private final SecretSigningSecrets secrets =
      new SecretSigningSecrets(store, "signing", () -> now);

  private static String stored(String... kids) {
    var keys = new StringBuilder();
    for (var kid : kids) {
      keys.append(keys.isEmpty() ? "" : ",")
          .append("{\"kid\":\"")
          .append(kid)
          .append("\",\"key\":\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\",")
          .append("\"from\":\"2026-01-01T00:00:00Z\"}");
    }
    return "{\"seed\":\"%s\",\"keys\":[%s]}".formatted("s".repeat(64), keys);
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private boolean has(String kid) {
    return secrets.key(kid).map(SigningKey::kid).equals(Optional.of(kid));
  }

  private boolean currentHas(String kid) {
    return secrets.current().key(kid).isPresent();
  }

  @Test
  void readsOnceAndRemembers() {
    assertTrue(currentHas("1"));
    store.value = stored("2");
    assertTrue(currentHas("1"));
    assertTrue(has("1"));
    assertEquals(1, store.reads.get());
  }

  @Test
  void anAgingSecretIsRefreshedBesideTheCall() throws Exception {
    var _ = secrets.current();
    store.value = stored("2");
    pass(SecretSigningSecrets.REFRESH_AFTER);
    assertTrue(currentHas("1"), "the call does not wait");
    while (!currentHas("2")) {
      Thread.sleep(1);
    }
  }

  @Test
  void aStaleSecretIsReadAnewByTheCall() {
    var _ = secrets.current();
    store.value = stored("2");
    pass(SecretSigningSecrets.STALE_AFTER);
    assertTrue(currentHas("2"));
  }

  @Test
  void aFailedRefreshLeavesTheSecretInUseAndPauses() {
    var _ = secrets.current();
    pass(SecretSigningSecrets.STALE_AFTER);
    for (var failure : new String[] {null, "{", stored()}) {
      store.value = failure;
      int reads = store.reads.get();
      assertTrue(currentHas("1"));
      assertTrue(currentHas("1"));
      assertEquals(reads + 1, store.reads.get(), "the second call did not try again");
      pass(SecretSigningSecrets.PAUSE_AFTER_FAILURE);
    }
    store.value = stored("2");
    assertTrue(currentHas("2"));
  }

  @Test
  void anUnknownKeyIsReadAnewAtMostOnceAMinute() {
    assertTrue(has("1"));
    store.value = stored("1", "2");
    assertTrue(has("2"));
    assertEquals(2, store.reads.get());
    for (int i = 0; i < 10_000; i++) {
      assertEquals(Optional.empty(), secrets.key("random-" + i));
    }
    assertEquals(2, store.reads.get());
    pass(SecretSigningSecrets.UNKNOWN_KEY_PAUSE.minusNanos(1));
    assertEquals(Optional.empty(), secrets.key("3"));
    assertEquals(2, store.reads.get());
    store.value = stored("1", "2", "3");
    pass(Duration.ofNanos(1));
    assertTrue(has("3"));
    assertEquals(3, store.reads.get());
  }

  @Test
  void callersThatComeDuringTheReadForAnUnknownKeyWaitForIt() throws Exception {
    assertTrue(has("1"));
    store.value = stored("1", "2");
    store.mayAnswer = new CountDownLatch(1);
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var found =
          IntStream.range(0, 50)
              .mapToObj(i -> callers.submit(() -> i % 2 == 0 ? has("2") : !has("unknown-" + i)))
              .toList();
      while (store.reads.get() < 2) {
        Thread.sleep(1);
      }
      store.mayAnswer.countDown();
      for (var each : found) {
        assertTrue(each.get());
      }
    }
    assertEquals(2, store.reads.get());
  }

  @Test
  void aReadForAnUnknownKeyThatFailsLeavesTheSecretInUse() {
    assertTrue(has("1"));
    for (var failure : new String[] {null, "", "{}", stored("2", "2")}) {
      store.value = failure;
      int reads = store.reads.get();
      assertEquals(Optional.empty(), secrets.key("2"));
      assertTrue(has("1"));
      assertTrue(currentHas("1"));
      assertEquals(Optional.empty(), secrets.key("2"), "the next waits a minute");
      assertEquals(reads + 1, store.reads.get());
      pass(SecretSigningSecrets.UNKNOWN_KEY_PAUSE);
    }
  }

  private static final String OLD_EDGE = "a".repeat(64);
  private static final String NEW_EDGE = "b".repeat(64);

  private static String withEdge(String... values) {
    return stored("1").replaceFirst("}$", ",\"edge\":[\"" + String.join("\",\"", values) + "\"]}");
  }

  @Test
  void aKnownEdgeSecretCostsNoRead() {
    store.value = withEdge(OLD_EDGE, NEW_EDGE);
    for (int i = 0; i < 1_000; i++) {
      assertTrue(secrets.isEdgeSecret(OLD_EDGE));
      assertTrue(secrets.isEdgeSecret(NEW_EDGE));
    }
    assertEquals(1, store.reads.get());
  }

  @Test
  void anUnknownEdgeSecretIsReadAnewAtMostOnceAMinute() {
    store.value = withEdge(OLD_EDGE);
    assertTrue(secrets.isEdgeSecret(OLD_EDGE));
    store.value = withEdge(OLD_EDGE, NEW_EDGE);
    assertTrue(secrets.isEdgeSecret(NEW_EDGE));
    assertEquals(2, store.reads.get());
    for (int i = 0; i < 10_000; i++) {
      assertFalse(secrets.isEdgeSecret("made-up-" + "c".repeat(32) + i));
    }
    assertEquals(2, store.reads.get());
    assertEquals(Optional.empty(), secrets.key("random"), "a key is looked up together with them");
    assertEquals(2, store.reads.get());
    pass(SecretSigningSecrets.UNKNOWN_KEY_PAUSE);
    assertFalse(secrets.isEdgeSecret("c".repeat(64)));
    assertEquals(3, store.reads.get());
  }

  @Test
  void anEdgeSecretThatWasDroppedIsRefusedOnceTheSecretWasReadAgain() {
    store.value = withEdge(OLD_EDGE, NEW_EDGE);
    assertTrue(secrets.isEdgeSecret(OLD_EDGE));
    store.value = withEdge(NEW_EDGE);
    assertTrue(secrets.isEdgeSecret(OLD_EDGE), "still in memory");
    pass(SecretSigningSecrets.STALE_AFTER);
    assertFalse(secrets.isEdgeSecret(OLD_EDGE));
    assertTrue(secrets.isEdgeSecret(NEW_EDGE));
  }

  @Test
  void aReadForAnUnknownEdgeSecretThatFailsLeavesTheSecretInUse() {
    store.value = withEdge(OLD_EDGE);
    assertTrue(secrets.isEdgeSecret(OLD_EDGE));
    for (var failure : new String[] {null, "", "{}"}) {
      store.value = failure;
      int reads = store.reads.get();
      assertFalse(secrets.isEdgeSecret(NEW_EDGE));
      assertTrue(secrets.isEdgeSecret(OLD_EDGE));
      assertFalse(secrets.isEdgeSecret(NEW_EDGE), "the next waits a minute");
      assertEquals(reads + 1, store.reads.get());
      pass(SecretSigningSecrets.UNKNOWN_KEY_PAUSE);
    }
  }

  @Test
  void withoutAnySecretAFailureIsNamedAndShowsNothing() {
    store.value = null;
    assertEquals("reading the signing secret failed", refused());
    store.value = " ";
    assertEquals("the signing secret is empty", refused());
    store.value = "{\"seed\":\"short\"}";
    assertEquals("the signing secret is damaged", refused());
    store.value = stored("1");
    assertTrue(has("1"));
  }

  private String refused() {
    var current = assertThrows(SigningSecretUnavailableException.class, secrets::current);
    var key = assertThrows(SigningSecretUnavailableException.class, () -> secrets.key("1"));
    assertEquals(current.getMessage(), key.getMessage());
    var edge =
        assertThrows(SigningSecretUnavailableException.class, () -> secrets.isEdgeSecret(NEW_EDGE));
    assertEquals(current.getMessage(), edge.getMessage());
    return String.valueOf(current.getMessage());
  }

  private static final class Secrets implements SecretsManagerClient {
    private final AtomicInteger reads = new AtomicInteger();
    private volatile @Nullable String value = stored("1");
    private volatile CountDownLatch mayAnswer = new CountDownLatch(0);

    @Override
    public GetSecretValueResponse getSecretValue(GetSecretValueRequest request) {
      assertEquals("signing", request.secretId());
      reads.incrementAndGet();
      try {
        mayAnswer.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      var now = value;
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

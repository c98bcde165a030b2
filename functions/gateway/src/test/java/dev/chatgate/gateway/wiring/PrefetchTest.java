package dev.chatgate.gateway.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.gateway.Entries;
import dev.chatgate.gateway.FakeBackendApplication;
import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.gateway.http.Door;
import dev.chatgate.warmup.WarmUpRequest;
import dev.chatgate.warmup.fake.FakeBackend;
import dev.chatgate.warmup.fake.FakeLogin;
import dev.chatgate.warmup.fake.FakeResponses;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The requests to AWS and to the provider for a new application's first call. */
class PrefetchTest {
  private static final Duration AMPLE = Duration.ofSeconds(30);

  /** The requests of every call: admission, provider call, record, settlement. */
  private static final List<String> OF_EVERY_CALL =
      List.of("UpdateItem", "/openai/v1/chat/completions", "PutItem", "UpdateItem");

  private static final String PROVIDER_SECRET = "GetSecretValue{\"SecretId\":\"provider\"}";
  private static final String SIGNING_SECRET = "GetSecretValue{\"SecretId\":\"signing\"}";

  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private volatile CountDownLatch open = new CountDownLatch(0);
  private FakeBackendApplication application;

  enum Door {
    API,
    STREAM
  }

  @BeforeEach
  void start() throws Exception {
    application = new FakeBackendApplication(this::noted);
  }

  @AfterEach
  void stop() throws Exception {
    application.close();
  }

  @ParameterizedTest
  @EnumSource
  void afterAPrefetchTheFirstCallSendsNoMoreRequestsThanAnyOther(Door door) {
    new Prefetch(application.context()).fetch(AMPLE);
    asked.clear();
    call(door);
    assertEquals(OF_EVERY_CALL, asked);
  }

  @Test
  void afterAPrefetchMintingSendsNoRequest() {
    new Prefetch(application.context()).fetch(AMPLE);
    asked.clear();
    call(
        Door.API,
        new WarmUpRequest("POST", "/openai/v1/client_secrets", FakeResponses.KEY, "", 200));
    assertEquals(List.of(), asked);
  }

  /** No more requests than a call with a tenant key sends. */
  @ParameterizedTest
  @EnumSource
  void afterAPrefetchTheFirstCallWithALoginReadsNothing(Door door) {
    new Prefetch(application.context()).fetch(AMPLE);
    asked.clear();
    var usual = WarmUpRequest.FREQUENT.getFirst();
    for (var token : FakeLogin.TOKENS) {
      call(door, new WarmUpRequest(usual.method(), usual.path(), token, usual.body(), 200));
      assertEquals(OF_EVERY_CALL, asked);
      asked.clear();
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutAPrefetchTheFirstCallReadsKeyTenantPricesAndSecret(Door door) {
    call(door);
    var first = List.copyOf(asked);
    assertTrue(first.size() > OF_EVERY_CALL.size(), first::toString);
    assertEquals(1, Collections.frequency(first, PROVIDER_SECRET), first::toString);
    assertEquals(0, Collections.frequency(first, SIGNING_SECRET), first::toString);
    asked.clear();
    call(door);
    assertEquals(OF_EVERY_CALL, asked);
  }

  /** The backend does not answer until the prefetch has stopped waiting. */
  @Test
  void thePrefetchStopsWaitingAfterItsTimeLimit() {
    open = new CountDownLatch(1);
    new Prefetch(application.context()).fetch(Duration.ofMillis(20));
    assertEquals(1, open.getCount());
    open.countDown();
    call(Door.API);
    assertEquals(1, Collections.frequency(asked, PROVIDER_SECRET), asked::toString);
  }

  /**
   * If it were not caught, the JVM would print the exception with its message, which may quote
   * fetched data.
   */
  @Test
  void aFailedOrInterruptedFetchPrintsNothing() throws InterruptedException {
    var uncaught = new ArrayList<Throwable>();
    Thread.setDefaultUncaughtExceptionHandler((_, e) -> uncaught.add(e));
    try {
      open = new CountDownLatch(1);
      var fetches = new Prefetch(application.context()).begin();
      fetches.threads().forEach(Thread::interrupt);
      open.countDown();
      fetches.await(AMPLE);
      assertEquals(List.of(), uncaught);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(null);
    }
  }

  private FakeBackend.Script noted(FakeBackend.Script usual) {
    return (path, headers, body) -> {
      var target = headers.getOrDefault("x-amz-target", path);
      var name = target.substring(target.lastIndexOf('.') + 1);
      asked.add(name.equals("GetSecretValue") ? name + body : name);
      await(open);
      return usual.to(path, headers, body);
    };
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(AMPLE.toSeconds(), TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void call(Door door) {
    call(door, WarmUpRequest.FREQUENT.getFirst());
  }

  private void call(Door door, WarmUpRequest request) {
    var event = new String(request.event(Instant.now()), UTF_8);
    var answer =
        switch (door) {
          case API ->
              Entries.buffered(
                  new ApiHandler(application.gateway(), InstantSource.system()), event);
          case STREAM -> Entries.streamed(new StreamHandler(application.gateway()), event);
        };
    assertEquals(200, answer.status());
  }
}

package dev.chatgate.provider.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.provider.Calls;
import dev.chatgate.provider.ClientHarness;
import dev.chatgate.provider.ProviderOutcome;
import dev.chatgate.provider.ProviderOutcome.Answered;
import dev.chatgate.provider.ProviderOutcome.Failed;
import dev.chatgate.secret.ProviderKey;
import dev.chatgate.secret.ProviderKeys;
import dev.chatgate.testkit.ScriptedProvider;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which keys are tried, in which order, when the provider refuses one. */
class ProviderKeysTest {
  private static final ScriptedProvider.Script REFUSAL =
      wire -> wire.json(401, "{\"error\":{\"message\":\"no\"}}");
  private static final ScriptedProvider.Script OK =
      wire ->
          wire.json(
              200,
              "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"x\"},\"finish_reason\":\"length\"}]}");

  /**
   * Keys as an instance may see them.
   *
   * @param held what it holds
   * @param fresh what the store has as the current one
   * @param previous what the store has as the one before
   */
  private record Stages(String held, String fresh, Optional<String> previous)
      implements ProviderKeys {
    @Override
    public ProviderKey current() {
      return new ProviderKey(held);
    }

    @Override
    public ProviderKey replacing(ProviderKey refused) {
      return new ProviderKey(fresh);
    }

    @Override
    public Optional<ProviderKey> previous(ProviderKey refused) {
      return previous
          .map(secret -> new ProviderKey(secret, true))
          .filter(key -> !key.sameSecret(refused));
    }
  }

  @Test
  void afterABadRotationThePreviousKeyServes() {
    var keys = new Stages("bad", "bad", Optional.of("old"));
    try (var harness = harness(keys, REFUSAL, OK)) {
      var result = harness.client.call(Calls.of(Calls.PLAIN), harness.sink);
      assertInstanceOf(Answered.class, result.outcome());
      assertEquals(List.of("bad", "old"), tried(harness));
      assertTrue(result.keyReplaced());
      assertTrue(result.previousKeyUsed());
      assertEquals(Set.of("length"), result.finishReasons());
    }
  }

  @Test
  void aHeldKeyThatWasRevokedAndABadNewOneLeaveTheOneBefore() {
    var keys = new Stages("older", "bad", Optional.of("old"));
    try (var harness = harness(keys, REFUSAL, REFUSAL, OK)) {
      assertInstanceOf(Answered.class, call(harness));
      assertEquals(List.of("older", "bad", "old"), tried(harness));
    }
  }

  @Test
  void eachKeyIsTriedOnce() {
    var keys = new Stages("older", "bad", Optional.of("old"));
    try (var harness = harness(keys, REFUSAL)) {
      var failed = assertInstanceOf(Failed.class, call(harness));
      assertEquals(ErrorCode.UPSTREAM_AUTH, failed.error().code());
      assertEquals(List.of("older", "bad", "old"), tried(harness));
    }
  }

  @Test
  void aPreviousKeyThatIsTheRefusedOneIsNotTriedAgain() {
    var keys = new Stages("bad", "bad", Optional.of("bad"));
    try (var harness = harness(keys, REFUSAL)) {
      assertInstanceOf(Failed.class, call(harness));
      assertEquals(List.of("bad"), tried(harness));
    }
  }

  private ProviderOutcome call(ClientHarness harness) {
    return harness.call(Calls.PLAIN);
  }

  private static List<String> tried(ClientHarness harness) {
    return harness.provider.requests().stream()
        .map(request -> request.header("authorization").replace("Bearer ", ""))
        .toList();
  }

  private static ClientHarness harness(ProviderKeys keys, ScriptedProvider.Script... scripts) {
    return new ClientHarness(ClientHarness.limits(2000, 9000, 9000, 0), keys, scripts);
  }
}

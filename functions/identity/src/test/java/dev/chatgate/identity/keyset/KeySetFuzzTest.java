package dev.chatgate.identity.keyset;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The reader of key sets under Jazzer. The build replays the stored inputs among the test
 * resources. With {@code JAZZER_FUZZ=1} in the environment it searches for new ones.
 */
class KeySetFuzzTest {
  @FuzzTest(maxExecutions = 10_000_000, maxDuration = "30m")
  void anyBytesAreAKeySetOrAreRefused(byte[] bytes) {
    KeySet set;
    try {
      set = KeySet.parse(new String(bytes, StandardCharsets.UTF_8));
    } catch (KeySetException e) {
      return;
    }
    var only = set.find(Optional.empty());
    // A key that is found without its name is the first that has the name.
    only.map(key -> key.getKeyId())
        .ifPresent(kid -> assertEquals(only, set.find(Optional.of(kid))));
  }
}

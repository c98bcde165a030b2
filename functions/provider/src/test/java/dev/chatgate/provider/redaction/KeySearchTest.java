package dev.chatgate.provider.redaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.json.KeySearch;
import dev.chatgate.secret.ProviderKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeySearchTest {
  private static final String KEY = "sk-ab/cd\"Ef0123_aab";
  private static final KeySearch KEYS = new KeySearch(List.of("other-key-12345678", KEY));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sk-ab/cd\"Ef0123_aab",
        "xsk-ab/cd\"Ef0123_aabx",
        "sk-sk-ab/cd\"Ef0123_aab",
        "sk-ab\\/cd\\\"Ef0123_aab",
        "\\u0073k-ab/cd\"Ef0123_aab",
        "sk-ab/cd\"Ef0123_aa\\u0062",
        "sk\\u002dab\\u002Fcd\\u0022Ef0123_aab",
        "\\u0073\\u006b\\u002d\\u0061\\u0062\\u002f\\u0063\\u0064\\u0022\\u0045\\u0066\\u0030123_aab",
        "sk-ab\\\\\\/cd\\\\\\\"Ef0123_aab",
        "\\\\u0073k-ab\\\\/cd\\\\\"Ef0123_aab",
        "\\x73k-ab/cd\"Ef0123_aab",
        "\\n\\u0073k-ab/cd\\\"Ef0123_aab",
        "\\\\\\u0073k-ab/cd\\\"Ef0123_aab",
        "sk-absk-ab\\/cd\"Ef0123_aab",
        "other-key-12345678"
      })
  void aKeyIsFoundHoweverItIsSpelled(String text) {
    assertTrue(KEYS.finds(text), text);
    assertTrue(KEYS.finds("\\ " + text + " \\"), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\\",
        "\\u",
        "\\u007",
        "sk-ab/cd\"Ef0123_aa",
        "sk-ab/cd\"ef0123_aab",
        "k-ab/cd\"Ef0123_aab",
        "sk-ab/cd\"Ef0123_aa\\u0063",
        "sk-ab/cd\"Ef0123_aa\\u006",
        "sk-ab/cd\"Ef0123_aa\\",
        "\\sk-ab/cd\\nEf0123_aab",
        "sk-ab/cd\"Ef0123\u0130_aab"
      })
  void nothingElseIsFound(String text) {
    assertFalse(KEYS.finds(text), text);
  }

  @Test
  void aKeyOutsideTheGivenBytesIsNotFound() {
    byte[] bytes = (KEY + " \\u0073" + KEY.substring(1)).getBytes(StandardCharsets.UTF_8);
    assertFalse(KEYS.finds(bytes, 1, KEY.length()));
    assertFalse(KEYS.finds(bytes, 0, KEY.length() - 1));
    assertFalse(KEYS.finds(bytes, KEY.length() + 1, KEY.length() + 4));
    assertTrue(KEYS.finds(bytes, KEY.length() + 1, KEY.length() + 5));
  }

  @Test
  void keysTooShortToBeToldFromOtherTextAreNotSearchedFor() {
    assertFalse(new KeySearch(List.of("", "a", "1234567")).finds("a 1234567 \\u0061"));
    assertFalse(new KeySearch(List.of("placeholder")).finds("a placeholder, \\u0070laceholder"));
    assertTrue(new KeySearch(List.of("abcdefghijklmnop")).finds("x abcdefghijklmnop"));
    assertTrue(new KeySearch(List.of("12345678")).finds("\\u0031" + "2345678"));
  }

  @Test
  void aKeyAnywhereInRandomTextIsFoundAndNothingInTextWithoutIt() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int run = 0; run < 20_000; run++) {
      var before = text(random);
      var after = text(random);
      var spelled = spelled(random);
      assertTrue(KEYS.finds(before + spelled + after), "seed " + seed + ", run " + run);
      assertFalse(KEYS.finds(before + after), "seed " + seed + ", run " + run);
    }
  }

  /** Text that is hard to tell from the key: its characters but one, and escapes, in any order. */
  private static String text(Random random) {
    var text = new StringBuilder();
    for (int i = random.nextInt(60); i > 0; i--) {
      text.append(
          switch (random.nextInt(6)) {
            case 0 -> "\\n";
            case 1 -> "\\\\";
            case 2 -> "\\u00" + random.nextInt(5);
            case 3 -> KEY.substring(0, random.nextInt(KEY.indexOf('_')));
            default -> KEY.charAt(random.nextInt(KEY.indexOf('_')));
          });
    }
    // Nothing before the key may take its first character for a part of an escape.
    return text.append(' ').toString();
  }

  private static String spelled(Random random) {
    var spelled = new StringBuilder();
    for (int i = 0; i < KEY.length(); i++) {
      char c = KEY.charAt(i);
      spelled.append(
          switch (random.nextInt(9)) {
            case 0 -> "\\u%04x".formatted((int) c);
            case 1 -> "\\u%04X".formatted((int) c);
            case 2 -> "\\\\u%04x".formatted((int) c);
            case 3 -> Character.isLetterOrDigit(c) ? c : "\\" + c;
            default -> c;
          });
    }
    return spelled.toString();
  }

  /** Waiting would tell a guesser that the guess is right: it begins where guessing is hopeless. */
  @Test
  void aGuessOfSomeCharactersOfAKeyIsNotHeldBack() {
    for (var publicPrefix : List.of("sk-proj-", "sk-or-v1-", "sk-ant-api03-")) {
      var key = publicPrefix + "R7d0".repeat(20);
      var known = new KnownKeys();
      known.add(new ProviderKey(key));
      for (int guessed = 0; guessed <= 10; guessed++) {
        var right = new SplitKeySearch(known);
        right.take(0, "it is " + key.substring(0, publicPrefix.length() + guessed));
        assertFalse(right.isPartial(), publicPrefix + guessed);
      }
      var half = new SplitKeySearch(known);
      half.take(0, key.substring(0, 24));
      assertTrue(half.isPartial());
      half.end(0);
      assertFalse(half.isPartial());
    }
  }

  @Test
  void aKeyInPiecesIsFoundWithItsLastCharacter() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var known = new KnownKeys();
    known.add(new ProviderKey(KEY));
    for (int run = 0; run < 5_000; run++) {
      var split = new SplitKeySearch(known);
      var whole = (KEY.substring(0, random.nextInt(KEY.length())) + KEY + "x");
      var given = new StringBuilder();
      while (given.length() < whole.length()) {
        int to = Math.min(whole.length(), given.length() + 1 + random.nextInt(5));
        split.take(0, whole.substring(given.length(), to));
        split.take(3, "sk-" + random.nextInt(10));
        given.append(whole, given.length(), to);
        assertEquals(given.indexOf(KEY) >= 0, split.hasFound(), "seed " + seed + ", run " + run);
        boolean partial = false;
        for (int length = known.search().leastHeld(0); length < KEY.length(); length++) {
          partial |= given.toString().endsWith(KEY.substring(0, length));
        }
        assertTrue(!partial || split.isPartial(), "seed " + seed + ", run " + run);
      }
    }
  }
}

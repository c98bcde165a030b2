package dev.chatgate.quota.item;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.quota.item.ItemNames.RollUpName;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No attribute may be taken for another: an earlier release reads them all, too. */
class ItemNamesTest {
  private static final Set<String> FIXED =
      Set.of(
          ItemNames.ENTRIES,
          ItemNames.REQUESTS_TAT,
          ItemNames.TOKENS_TAT,
          ItemNames.TOKENS_HELD,
          ItemNames.TOKENS_VIRTUAL,
          ItemNames.TOKENS_OVER,
          ItemNames.NEWEST_DAY,
          ItemNames.NAMES,
          ItemNames.NAMES_VERSION,
          ItemNames.DUE_PARTITION,
          ItemNames.DUE_MINUTE);

  @Test
  void noCodeOfAModelMakesTheNameOfAnotherAttribute() {
    assertEquals(11, FIXED.size());
    for (int code = 0; code <= ModelCodes.OTHER_CODE; code++) {
      var name = ItemNames.modelName(code);
      assertFalse(FIXED.contains(name), name);
      assertEquals(code, ItemNames.modelCode(name));
    }
  }

  @Test
  void noFixedNameIsAWindowOrARollUp() {
    for (var name : FIXED) {
      assertTrue(
          Stream.of('d', 'm', 'c').allMatch(letter -> ItemNames.windowOf(letter, name) < 0), name);
      assertEquals(Optional.empty(), RollUpName.parse(name));
      assertFalse(name.startsWith("g"), name);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 20_786, 65_535})
  void noWindowIsAFixedNameButTheOneThatIsToldApart(int number) {
    for (var window :
        Set.of(
            ItemNames.dayTokens(number),
            ItemNames.monthTokens(number),
            ItemNames.monthMicroUsd(number))) {
      assertFalse(FIXED.contains(window), window);
    }
  }
}

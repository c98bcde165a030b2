package dev.chatgate.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers and amounts of money for people. */
class AmountsTest {

  @ParameterizedTest
  @CsvSource({
    "0, $0.00",
    "1, <$0.0001",
    "49, <$0.0001",
    "50, $0.0001",
    "860, $0.0009",
    "8600, $0.0086",
    "500000, $0.5000",
    "999949, $0.9999",
    "999950, $1.00",
    "1000000, $1.00",
    "1004999, $1.00",
    "31522540, $31.52",
    "67187817, $67.19",
    "1164754916, '$1,164.75'",
    "-1, >-$0.0001",
    "-50, -$0.0001",
    "-1500000, -$1.50",
  })
  void aSumHasTwoDecimalPlacesFromADollarUpAndFourBelow(long microUsd, String text) {
    assertEquals(text, Amounts.dollars(microUsd));
  }

  @ParameterizedTest
  @CsvSource({
    "0, $0.00",
    "1, $0.000001",
    "500000, $0.50",
    "1125000, $1.125",
    "1164754916, '$1,164.754916'",
    "-50, -$0.00005",
  })
  void aPriceIsExact(long microUsd, String text) {
    assertEquals(text, Amounts.exactDollars(microUsd));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "99999, '99,999'",
    "100000, 100 k",
    "123456, 123 k",
    "999499, 999 k",
    "999500, 1.00 M",
    "1553792101, 1.55 B",
    "15537921010, 15.5 B",
    "1230000000000000, '1,230 T'",
    "-1553792101, -1.55 B",
  })
  void aBriefNumberHasThreeDigitsFromAHundredThousandUp(long number, String text) {
    assertEquals(text, Amounts.brief(number).replace('\u00A0', ' '));
  }

  @ParameterizedTest
  @CsvSource({
    "0, $0.00",
    "1164754916, '$1,164.75'",
    "99999990000, '$99,999.99'",
    "100000000000, $100 k",
    "1234567000000, $1.23 M",
    "-1234567000000, -$1.23 M",
  })
  void briefDollarsHaveThreeDigitsFromAHundredThousandUp(long microUsd, String text) {
    assertEquals(text, Amounts.briefDollars(microUsd).replace('\u00A0', ' '));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "5, 5",
    "200, 200",
    "1000, 1 k",
    "1500, 1.5 k",
    "20000, 20 k",
    "1e6, 1 M",
    "0.5, 0.5",
    "5e18, '5,000,000 T'",
  })
  void aRoundNumberHasNoNeedlessZeros(BigDecimal number, String text) {
    assertEquals(text, Amounts.round(number).replace('\u00A0', ' '));
  }

  @Test
  void noBriefNumberIsLongerThanElevenCharacters() {
    var random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      long number = random.nextLong() >>> (1 + random.nextInt(63));
      long thousandBillions = Math.min(number, 999_000_000_000_000L);
      assertTrue(Amounts.brief(thousandBillions).length() <= 8, () -> "" + number);
      assertTrue(Amounts.briefDollars(thousandBillions).length() <= 11, () -> "" + number);
    }
  }
}

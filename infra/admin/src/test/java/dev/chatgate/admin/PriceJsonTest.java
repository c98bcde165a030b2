package dev.chatgate.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.usage.ModelPrice;
import java.time.LocalDate;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceJsonTest {
  @Test
  void rowsOfOneModelAndDateAreTiersOfOnePrice() {
    var prices =
        PriceJson.readList(
            """
            [{"model":"m","from":"2026-11-01","prompt_usd_per_million":0.15,
              "cached_usd_per_million":0.075,"completion_usd_per_million":6e-1},
             {"model":"m","from":"2026-12-01","prompt_usd_per_million":1,
              "completion_usd_per_million":2},
             {"model":"m","from":"2026-11-01","above_prompt_tokens":128000,
              "prompt_usd_per_million":0.3,"completion_usd_per_million":1.2}]
            """);
    var november =
        new ModelPrice(
            "m",
            LocalDate.parse("2026-11-01"),
            List.of(
                new ModelPrice.Tier(0, 150_000, OptionalLong.of(75_000), 600_000),
                new ModelPrice.Tier(128_000, 300_000, OptionalLong.empty(), 1_200_000)));
    assertEquals(november, prices.getFirst());
    assertEquals(2, prices.size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                       | prices must be a list
          [1]                                                      | prices[0] must be an object
          [{"model":1}]                                            | prices[0].model must be a string
          [{"model":"m","from":"yesterday"}]                       | prices[0].from must be a date
          [{"model":"m","from":"2026-11-01"}]                      | prices[0].prompt_usd_per_million is missing
          [{"model":"m","usd":1}]                                  | prices[0].usd is not known
          [{"prompt_usd_per_million":"1"}]                         | must be a number
          [{"model":"m","from":"2026-11-01","prompt_usd_per_million":1,"completion_usd_per_million":1},{"model":"m","from":"2026-11-01","prompt_usd_per_million":2,"completion_usd_per_million":1}] | prices[1] has the model, the date and the above_prompt_tokens of prices[0]
          [{"model":"m","model":"n"}]                              | line 1:
          [                                                        | line 1:
          [] []                                                    | more after the end
          """)
  void whatIsWrongIsNamed(String json, String message) {
    var refused = assertThrows(FormatException.class, () -> PriceJson.readList(json));
    assertTrue(refused.toString().contains(message), refused.toString());
  }

  @ParameterizedTest
  @CsvSource({"-1", "0.0000001", "1e400000000", "1e19"})
  void aPriceIsWithinRangeAndHasAtMostSixDecimals(String usd) {
    var json =
        """
        [{"model":"m","from":"2026-11-01","prompt_usd_per_million":%s,
          "completion_usd_per_million":1}]
        """
            .formatted(usd);
    var refused = assertThrows(FormatException.class, () -> PriceJson.readList(json));
    assertTrue(refused.toString().contains("prices[0].prompt_usd_per_million"), refused.toString());
  }
}

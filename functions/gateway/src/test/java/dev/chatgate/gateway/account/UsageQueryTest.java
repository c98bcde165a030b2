package dev.chatgate.gateway.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.chatgate.gateway.account.UsageQuery.GroupBy;
import dev.chatgate.gateway.account.UsageQuery.Invalid;
import dev.chatgate.gateway.account.UsageQuery.Valid;
import dev.chatgate.openai.error.ErrorCode;
import java.time.LocalDate;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageQueryTest {
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 23);

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      emptyValue = "",
      value = {
        "'', 2026-11-01, 2026-11-23, DAY",
        "group_by=model, 2026-11-01, 2026-11-23, MODEL",
        "group_by=day&from=2026-10-05, 2026-10-05, 2026-11-23, DAY",
        "to=2026-10-05, 2026-10-01, 2026-10-05, DAY",
        "from=2025-11-23&to=2026-11-23, 2025-11-23, 2026-11-23, DAY",
        "from=2026-11-23&to=2026-11-23, 2026-11-23, 2026-11-23, DAY",
        "from=2026%2D11%2D02&unknown=%ZZ, 2026-11-02, 2026-11-23, DAY",
        "&&, 2026-11-01, 2026-11-23, DAY"
      })
  void readsRangeAndGrouping(String query, LocalDate from, LocalDate to, GroupBy groupBy) {
    assertEquals(new Valid(from, to, groupBy), UsageQuery.read(query, TODAY));
  }

  @ParameterizedTest
  @CsvSource({
    "from=2026-02-30, from",
    "to=yesterday, to",
    "to=, to",
    "from, from",
    "from=2026-11-23T00:00:00Z, from",
    "from=%ZZ, from",
    "from=+12026-11-23, from",
    "to=-0001-11-23, to",
    "from=2026-11-24, from",
    "from=2026-11-02&to=2026-11-01, from",
    "from=2025-11-22&to=2026-11-23, from",
    "to=2026-11-01&to=2026-11-02, to",
    "group_by=key, group_by",
    "group_by=, group_by"
  })
  void namesTheInvalidParameter(String query, String param) {
    var error = assertInstanceOf(Invalid.class, UsageQuery.read(query, TODAY)).error();
    assertEquals(ErrorCode.INVALID_VALUE, error.code());
    assertEquals(Optional.of(param), error.param());
  }
}

package dev.chatgate.provider.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.provider.transport.LostRequest.Next;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LostRequestTest {
  @ParameterizedTest
  @CsvSource({
    // received, connected, reused, limit
    "false, false, false,            , SEND_AGAIN_AFTER_A_PAUSE",
    "false, false, false, CONNECT    , SEND_AGAIN_AFTER_A_PAUSE",
    "false, false, false, TOTAL      , FAIL",
    "false, true , false,            , SEND_AGAIN_AFTER_A_PAUSE",
    "false, true , true ,            , SEND_AGAIN_AT_ONCE",
    "false, true , true , FIRST_BYTE , FAIL",
    "false, true , false, FIRST_BYTE , FAIL",
    "false, true , true , TOTAL      , FAIL",
    "true , true , false,            , FAIL_AND_CHARGE",
    "true , true , true ,            , FAIL_AND_CHARGE",
    "true , true , true , FIRST_BYTE , FAIL_AND_CHARGE",
    "true , true , false, TOTAL      , FAIL_AND_CHARGE",
  })
  void onlyWhatCannotHaveBeenWorkedOnIsSentAgain(
      boolean received, boolean connected, boolean reused, TimeLimit passed, Next next) {
    var lost = new LostRequest(received, connected, reused, Optional.ofNullable(passed));
    assertEquals(next, lost.next());
  }
}

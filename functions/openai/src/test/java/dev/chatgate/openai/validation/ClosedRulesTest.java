package dev.chatgate.openai.validation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules of bodies in which no other member may be. */
class ClosedRulesTest {
  private static final List<Rule> RULES =
      List.of(
          Rule.optional("a", JsonType.OBJECT),
          Rule.optional("a.b", JsonType.STRING),
          Rule.optional("list", JsonType.ARRAY),
          Rule.optional("list[]", JsonType.OBJECT),
          Rule.optional("list[].c", JsonType.INTEGER),
          Rule.optional("free", JsonType.OBJECT),
          Rule.optional("free.*", JsonType.INTEGER));

  private static Optional<ApiError> error(String body, RuleNode rules) {
    return BodyValidator.validate(body.getBytes(UTF_8), rules, new FieldReceiver() {});
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"x\":1}|x",
        "{\"A\":{}}|A",
        "{\"\":1}|''",
        "{\"a\":{\"x\":{\"b\":1}}}|a.x",
        "{\"a\":{\"b\":\"1\",\"c\":1}}|a.c",
        "{\"list\":[{},{\"c\":1,\"x\":null}]}|list[1].x",
        "{\"x\":1,\"a\":7}|x"
      })
  void anotherMemberIsRefusedAndNamed(String body, String path) {
    var error = error(body, RuleNode.closed(RULES)).orElseThrow();
    assertEquals(ErrorCode.INVALID_VALUE, error.code());
    assertEquals(Optional.of(path), error.param());
    assertEquals("Invalid '" + path + "': There is no such field.", error.message());
    assertEquals(
        body.contains("7") ? Optional.of(ErrorCode.INVALID_TYPE) : Optional.empty(),
        error(body, RuleNode.of(RULES, List.of())).map(ApiError::code),
        "without this rule");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}",
        "{\"a\":{}}",
        "{\"a\":{\"b\":\"x\"},\"list\":[{\"c\":1},{}],\"free\":{\"x\":1,\"y\":2}}"
      })
  void theMembersThatRulesNamePass(String body) {
    assertEquals(Optional.empty(), error(body, RuleNode.closed(RULES)));
  }

  @Test
  void aBodyThatIsNotJsonIsReportedAsSuch() {
    assertEquals(
        Optional.of(ErrorCode.INVALID_JSON),
        error("{\"x\":1,", RuleNode.closed(RULES)).map(ApiError::code));
    assertEquals(
        Optional.of(ErrorCode.DUPLICATE_KEY),
        error("{\"a\":{},\"a\":{}}", RuleNode.closed(RULES)).map(ApiError::code));
  }
}

package dev.chatgate.identity.login;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.identity.login.JsonValue.Members;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of claims: literal ones, and JSON pointers (RFC 6901). */
class ClaimsTest {
  /** RFC 6901, section 5, with strings for values. */
  private static final Claims CLAIMS =
      new Claims(
          Members.read(
                  """
                  {"foo": ["bar", "baz"], "": "empty", "a/b": "slash", "c%d": "percent",
                   "e^f": "caret", "g|h": "bar", "i\\\\j": "backslash", "k\\"l": "quote",
                   " ": "space", "m~n": "tilde", "~1": "escape", "deep": {"": {"x": "y"}},
                   "/foo": "literal", "https://example.com/role": "namespaced"}
                  """)
              .orElseThrow());

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "/foo/0, bar",
        "/foo/1, baz",
        "/, empty",
        "/a~1b, slash",
        "/c%d, percent",
        "/e^f, caret",
        "/g|h, bar",
        "/i\\j, backslash",
        "/k\"l, quote",
        "`/ `, space",
        "/m~0n, tilde",
        "/~01, escape",
        "/deep//x, y"
      })
  void aNameWithASlashInFrontIsAPointer(String pointer, String value) {
    assertEquals(Optional.of(value), CLAIMS.text(pointer));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/foo/2",
        "/foo/-",
        "/foo/-1",
        "/foo/00",
        "/foo/01",
        "/foo/+1",
        "/foo/1e0",
        "/foo/ 1",
        "/foo/١",
        "/foo/99999999999999999999",
        "/foo/length",
        "/foo/0/0",
        "/foo/",
        "/foo",
        "/Foo/0",
        "/deep/x",
        "/m~n",
        "/m~2n",
        "/m~",
        "//foo/0",
        "/deep//x/y"
      })
  void aPointerToNoStringFindsNone(String pointer) {
    assertEquals(Optional.empty(), CLAIMS.text(pointer));
  }

  @Test
  void anyOtherNameIsLiteral() {
    assertEquals(Optional.of("namespaced"), CLAIMS.text("https://example.com/role"));
    assertEquals(Optional.of("slash"), CLAIMS.text("a/b"));
    assertEquals(Optional.of("tilde"), CLAIMS.text("m~n"));
    assertEquals(Optional.of("empty"), CLAIMS.text(""));
    assertEquals(Optional.empty(), CLAIMS.text("a~1b"));
    assertEquals(Optional.empty(), CLAIMS.text("deep.x"));
    assertEquals(Optional.empty(), CLAIMS.text("foo/0"));
  }
}

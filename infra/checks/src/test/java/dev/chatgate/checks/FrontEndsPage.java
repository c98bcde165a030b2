package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The page {@code infra/front-ends.md}.
 *
 * @param text all of it
 * @param errors its table of errors, by code
 */
record FrontEndsPage(String text, Map<String, Row> errors) {
  private static final Path FILE = Repository.ROOT.resolve("infra/front-ends.md");
  private static final String HEAD =
      "| code | status | class | retry headers | to rehearse it | what a page can do |\n";
  private static final Pattern BLOCK = Pattern.compile("```js\\n(.*?)```", Pattern.DOTALL);
  private static final int CODE = 1;
  private static final int STATUS = 2;
  private static final int CLASS = 3;
  private static final int HEADERS = 4;
  private static final int REHEARSAL = 5;
  private static final int CELLS = 7;

  /**
   * What the page says of one error.
   *
   * @param status the HTTP status
   * @param type the class that the npm library throws
   * @param headers which of the two headers about retries it has
   * @param rehearsed whether the page says how to cause it
   */
  record Row(int status, String type, Set<String> headers, boolean rehearsed) {}

  static FrontEndsPage read() throws IOException {
    var text = Files.readString(FILE);
    int head = text.indexOf(HEAD);
    assertTrue(head > 0, "the page has no table of errors");
    var errors = new LinkedHashMap<String, Row>();
    text.substring(head)
        .lines()
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> line.split("\\|", -1))
        .forEach(cells -> {
          assertEquals(CELLS + 1, cells.length, () -> String.join("|", cells));
          var before = errors.put(plain(cells[CODE]), row(cells));
          assertNull(before, () -> "two rows of " + cells[CODE]);
        });
    return new FrontEndsPage(text, errors);
  }

  /** The lines of its blocks of JavaScript, without their indentation. */
  List<String> code() {
    return BLOCK
        .matcher(text)
        .results()
        .flatMap(block -> block.group(1).lines())
        .map(String::strip)
        .toList();
  }

  private static Row row(String[] cells) {
    var headers = new TreeSet<String>();
    Arrays.stream(plain(cells[HEADERS]).split(", "))
        .filter(header -> !header.equals("–"))
        .map(header -> header.replace(": false", ""))
        .forEach(headers::add);
    return new Row(
        Integer.parseInt(plain(cells[STATUS])),
        plain(cells[CLASS]),
        headers,
        !plain(cells[REHEARSAL]).equals("–"));
  }

  private static String plain(String cell) {
    return cell.replace("`", "").strip();
  }
}

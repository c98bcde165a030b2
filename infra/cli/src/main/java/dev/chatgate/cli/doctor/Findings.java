package dev.chatgate.cli.doctor;

import dev.chatgate.cli.doctor.Finding.Level;
import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.cli.text.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The results of all checks of a run, in the order in which they were made. */
final class Findings {
  private static final int LEVEL_WIDTH = 8;

  /** The longest name of a check is {@code streaming door, runtime}. */
  private static final int CHECK_WIDTH = 23;

  private final List<Finding> all = new ArrayList<>();
  private final Consumer<Finding> listener;

  /**
   * @param listener takes each finding as it is made
   */
  Findings(Consumer<Finding> listener) {
    this.listener = listener;
  }

  void ok(String check, String sentence) {
    add(Level.OK, check, sentence);
  }

  void warn(String check, String sentence) {
    add(Level.WARN, check, sentence);
  }

  void fail(String check, String sentence) {
    add(Level.FAIL, check, sentence);
  }

  void notSeen(String check, String reason) {
    add(Level.NOT_SEEN, check, reason);
  }

  private void add(Level level, String check, String sentence) {
    var finding = new Finding(level, check, sentence);
    all.add(finding);
    listener.accept(finding);
  }

  /** Whether a check failed. */
  boolean hasFailure() {
    return all.stream().anyMatch(finding -> finding.level() == Level.FAIL);
  }

  /** A finding on one line, aligned with the others. */
  static String line(Finding finding) {
    return padded(finding.level().word(), LEVEL_WIDTH)
        + "  "
        + padded(finding.check(), CHECK_WIDTH)
        + "  "
        + TextTable.printable(finding.sentence());
  }

  private static String padded(String word, int width) {
    return word + " ".repeat(Math.max(0, width - word.length()));
  }

  /** All findings as a JSON list. */
  String json() {
    return JsonOutput.pretty(json -> {
      json.writeStartArray();
      for (var finding : all) {
        json.writeStartObject();
        json.writeStringField("check", finding.check());
        json.writeStringField("result", finding.level().name().toLowerCase(Locale.ROOT));
        json.writeStringField("sentence", finding.sentence());
        json.writeEndObject();
      }
      json.writeEndArray();
    });
  }
}

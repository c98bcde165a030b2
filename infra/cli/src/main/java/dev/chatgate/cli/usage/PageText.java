package dev.chatgate.cli.usage;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Texts that several parts of the page have. */
final class PageText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private PageText() {}

  /** A time, like {@code 2026-11-29 19:49 UTC}. */
  static String time(Instant at) {
    return TIME.format(at);
  }
}

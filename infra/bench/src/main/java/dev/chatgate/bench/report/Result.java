package dev.chatgate.bench.report;

import java.time.Instant;

/**
 * What a measurement found.
 *
 * @param held whether what is promised was found
 * @param summary Markdown: the promise, the finding, the tables
 * @param raw the single measurements, as lines of text; not part of the page
 */
public record Result(boolean held, String summary, String raw) {

  /**
   * The page that is printed and kept.
   *
   * @param name the measurement's name
   * @param started when it began
   * @param environment what it ran on
   */
  public String page(String name, Instant started, RunEnvironment environment) {
    return """
    # %s

    `mvn -q -Pbench -Dbench=%s`, %s

    %s
    %s
    """
        .formatted(name, name, started, environment.markdown(), summary.strip());
  }
}

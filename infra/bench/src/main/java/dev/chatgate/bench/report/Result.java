package dev.chatgate.bench.report;

import java.time.Instant;

/**
 * The result of a measurement.
 *
 * @param held whether all promised values were reached
 * @param summary Markdown with promise, result and tables
 * @param raw the single values as lines of text; not part of the page
 */
public record Result(boolean held, String summary, String raw) {

  /**
   * The page that is printed and stored.
   *
   * @param name the measurement's name
   * @param started when the measurement started
   * @param environment the machine and versions
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

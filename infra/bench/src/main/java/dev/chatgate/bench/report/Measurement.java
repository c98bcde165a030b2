package dev.chatgate.bench.report;

import java.nio.file.Path;

/** Something that can be measured, bounded in count and time. */
public interface Measurement {
  /** A description in one line. */
  String what();

  /**
   * Runs the measurement.
   *
   * @param root the folder with the template and the packages
   * @param log for the progress
   * @return the result
   */
  Result run(Path root, RunLog log) throws Exception;
}

package dev.chatgate.bench.report;

import java.nio.file.Path;

/** Something that can be measured, bounded in count and time. */
public interface Measurement {
  /** What it measures, in one line. */
  String what();

  /**
   * Measures.
   *
   * @param root the folder with the template and the packages
   * @param log takes the progress
   * @return what was found
   */
  Result run(Path root, RunLog log) throws Exception;
}

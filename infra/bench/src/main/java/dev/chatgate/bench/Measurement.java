package dev.chatgate.bench;

import java.nio.file.Path;

/** Something that can be measured, bounded in count and time. Its text says what, in a line. */
public interface Measurement {
  /**
   * Measures.
   *
   * @param root the folder with the template and the packages
   * @param log hears how it goes
   * @return what was found
   */
  Result run(Path root, RunLog log) throws Exception;
}

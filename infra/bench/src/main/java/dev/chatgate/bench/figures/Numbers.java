package dev.chatgate.bench.figures;

/** Reads lists of numbers that a measurement may be started with. */
final class Numbers {
  private Numbers() {}

  /**
   * The parts of a system property.
   *
   * @param name the property; Maven sets it to nothing if its user does not name it
   * @param usual what holds then, separated by commas
   */
  static String[] of(String name, String usual) {
    var given = System.getProperty(name, "").strip();
    return (given.isEmpty() ? usual : given).split(",", -1);
  }
}

package dev.chatgate.cli.doctor;

/**
 * The result of one check.
 *
 * @param level how the check ended
 * @param check the name of the check
 * @param sentence what was found and, if something is wrong, what to do
 */
record Finding(Level level, String check, String sentence) {

  /** How a check ended. */
  enum Level {
    /** All is well. */
    OK("ok"),
    /** It works, but an operator should know. */
    WARN("warn"),
    /** It does not work. */
    FAIL("FAIL"),
    /** It could not be checked. That says nothing about whether it works. */
    NOT_SEEN("not seen");

    private final String word;

    Level(String word) {
      this.word = word;
    }

    /** The level as it is shown. */
    String word() {
      return word;
    }
  }
}

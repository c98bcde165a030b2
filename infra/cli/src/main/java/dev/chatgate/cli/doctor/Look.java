package dev.chatgate.cli.doctor;

/**
 * What a look at an AWS setting gave.
 *
 * @param <T> the setting
 */
sealed interface Look<T> {

  /**
   * The setting could be read.
   *
   * @param value the setting
   * @param <T> the setting
   */
  record Seen<T>(T value) implements Look<T> {}

  /**
   * The setting could not be read.
   *
   * @param reason why, a sentence
   * @param <T> the setting
   */
  record NotSeen<T>(String reason) implements Look<T> {}
}

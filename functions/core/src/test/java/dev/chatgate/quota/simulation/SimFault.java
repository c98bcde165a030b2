package dev.chatgate.quota.simulation;

/** What may happen to one call of a port. */
enum SimFault {
  NONE,
  /** The process ends before the call has an effect. */
  DIED_BEFORE,
  /** The process ends right after the effect. */
  DIED_AFTER,
  /** The process ends, and the effect comes later. */
  DIED_LATE,
  /** The store refuses to do anything. */
  THROTTLED,
  /** No effect and no answer. */
  LOST,
  /** The effect, and no answer. */
  ANSWER_LOST,
  /** No answer, and the effect comes later. */
  LATE,
  /** The effect comes twice. */
  REPEATED
}

package dev.chatgate.bench.figures;

import java.util.Locale;

/** The two functions that answer calls. */
enum MeasuredDoor {
  STREAM("StreamFunction", 1),
  API("ApiFunction", 3);

  private final String logicalId;
  private final int storeCallsBeforeAnswer;

  MeasuredDoor(String logicalId, int storeCallsBeforeAnswer) {
    this.logicalId = logicalId;
    this.storeCallsBeforeAnswer = storeCallsBeforeAnswer;
  }

  /**
   * Number of writes to the store before the answer's last byte: the admission, and at the API door
   * also record and settlement.
   */
  int storeCallsBeforeAnswer() {
    return storeCallsBeforeAnswer;
  }

  /** The function's name in the template. */
  String logicalId() {
    return logicalId;
  }

  /** The door's name in a table. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

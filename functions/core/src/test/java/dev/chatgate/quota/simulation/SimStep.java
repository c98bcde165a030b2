package dev.chatgate.quota.simulation;

import dev.chatgate.quota.item.Attribute.ReservationAttribute;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemNames.RollUpName;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.ItemUpdate.Action;
import dev.chatgate.quota.item.ItemUpdate.Condition;

/** What a call of a port does for the ledger. */
enum SimStep {
  ADMIT,
  RECORD,
  APPLY,
  INDEX_MOVE,
  ROLL_UP_COPY,
  ROLL_UP_REMOVAL,
  /** Repair of a bucket, forgetting models' names. */
  OTHER,
  READ;

  static SimStep of(ItemUpdate update) {
    for (var action : update.actions()) {
      if (action instanceof Action.Put(_, ReservationAttribute _)) {
        return ADMIT;
      }
      if (action instanceof Action.Remove(String name) && isHeld(name, update)) {
        return APPLY;
      }
      if (action.attribute().equals(ItemNames.DUE_PARTITION)) {
        return INDEX_MOVE;
      }
      if (RollUpName.parse(action.attribute()).isPresent()) {
        return ROLL_UP_REMOVAL;
      }
    }
    return OTHER;
  }

  private static boolean isHeld(String name, ItemUpdate update) {
    return update.conditions().stream()
        .anyMatch(condition ->
            condition instanceof Condition.Is(String id, ReservationAttribute _)
                && id.equals(name));
  }
}

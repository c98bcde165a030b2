package dev.chatgate.quota.simulation;

import dev.chatgate.quota.item.Attribute.ReservationAttribute;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemNames.RollUpName;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.ItemUpdate.Action;
import dev.chatgate.quota.item.QuotaKey;

/** What a call of a port does for the ledger. */
enum SimStep {
  ADMIT,
  END_USER_ADMIT,
  RECORD,
  END_USER_APPLY,
  APPLY,
  INDEX_MOVE,
  ROLL_UP_COPY,
  ROLL_UP_REMOVAL,
  /** Repair of a bucket, forgetting models' names or an end user, an end user's tier or block. */
  OTHER,
  READ;

  boolean isAdmission() {
    return this == ADMIT || this == END_USER_ADMIT;
  }

  static SimStep of(QuotaKey key, ItemUpdate update) {
    for (var action : update.actions()) {
      if (action instanceof Action.Put(_, ReservationAttribute _)) {
        return key.isOfEndUser() ? END_USER_ADMIT : ADMIT;
      }
      if (action instanceof Action.Add(String name, long _) && name.equals(ItemNames.ENTRIES)) {
        return key.isOfEndUser() ? END_USER_APPLY : APPLY;
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
}

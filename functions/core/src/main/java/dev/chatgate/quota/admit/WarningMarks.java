package dev.chatgate.quota.admit;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.quota.ClaimLevel;
import dev.chatgate.quota.QuotaWarning;
import dev.chatgate.quota.item.Attribute;
import dev.chatgate.quota.item.ItemNames;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.ItemUpdate.Action;
import dev.chatgate.quota.item.ItemUpdate.Condition;
import dev.chatgate.quota.item.QuotaItem;
import dev.chatgate.quota.item.QuotaTable.Written;
import dev.chatgate.quota.limit.Limits.Marked;
import java.util.List;

/**
 * Marks warnings in the items. The instance that made the write gives the warning. If the write
 * gets no answer, no warning is given: a second one would be worse.
 */
final class WarningMarks {
  private static final int MAX_ATTEMPTS = 2;

  private final AdmissionParts parts;

  WarningMarks(AdmissionParts parts) {
    this.parts = parts;
  }

  /** The warnings that a level has reached, and that no instance has given. */
  List<QuotaWarning> mark(ClaimLevel level) {
    var item = parts.seen().last(level.key());
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      var due = parts.limits().unmarked(level, item, parts.clock().instant());
      if (due.isEmpty()) {
        return List.of();
      }
      try {
        switch (parts.table().update(level.key(), write(due, item))) {
          case Written.Done(QuotaItem after) -> {
            parts.seen().remember(level.key(), after);
            return due.stream().map(Marked::warning).toList();
          }
          case Written.Refused(QuotaItem before) -> {
            parts.seen().remember(level.key(), before);
            item = before;
          }
          case Written.NotDone _ -> {
            return List.of();
          }
        }
      } catch (StoreUnavailableException e) {
        return List.of();
      }
    }
    return List.of();
  }

  /** An item that has gone meanwhile is not made anew. */
  private static ItemUpdate write(List<Marked> due, QuotaItem item) {
    var write = new ItemUpdate.Builder().when(new Condition.AtLeast(ItemNames.NEWEST_DAY, 0));
    for (var each : due) {
      write
          .when(asSeen(each.attribute(), item))
          .then(new Action.Put(each.attribute(), new Attribute.Text(each.mark())));
    }
    return write.build();
  }

  private static Condition asSeen(String attribute, QuotaItem item) {
    return item.get(attribute)
        .<Condition>map(value -> new Condition.Is(attribute, value))
        .orElseGet(() -> new Condition.Absent(attribute));
  }
}

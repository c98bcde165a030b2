package dev.chatgate.cli.usage;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The sums of one pass over the records: of a limited number of persons, those with the smallest
 * IDs from a given one on. If more persons occur, the largest ID is dropped, and it and all IDs
 * above it are left to the next pass. So every sum that is kept is complete.
 */
final class UserPass {
  private final String first;
  private final int capacity;
  private final TreeMap<String, UsageFigures> sums = new TreeMap<>();
  private UsageFigures withoutUser = UsageFigures.ZERO;
  private Optional<String> next = Optional.empty();

  /**
   * @param first the smallest ID to sum
   * @param capacity most persons to sum, at least 1
   */
  UserPass(String first, int capacity) {
    this.first = first;
    this.capacity = capacity;
  }

  /**
   * Adds what a record charged.
   *
   * @param user the person; absent if the call had none
   * @param charged what the record charged
   */
  void add(Optional<String> user, UsageFigures charged) {
    if (user.isEmpty()) {
      withoutUser = withoutUser.plus(charged);
      return;
    }
    var id = user.get();
    if (id.compareTo(first) < 0 || next.filter(bound -> id.compareTo(bound) >= 0).isPresent()) {
      return;
    }
    sums.merge(id, charged, UsageFigures::plus);
    if (sums.size() > capacity) {
      next = Optional.of(sums.pollLastEntry().getKey());
    }
  }

  /** The sums by person. */
  SortedMap<String, UsageFigures> sums() {
    return sums;
  }

  /** The sum of the calls without a person. */
  UsageFigures withoutUser() {
    return withoutUser;
  }

  /** The first ID of the next pass; absent if all persons are summed. */
  Optional<String> next() {
    return next;
  }
}

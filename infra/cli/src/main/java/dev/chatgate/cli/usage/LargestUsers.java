package dev.chatgate.cli.usage;

import dev.chatgate.cli.usage.Report.UserUsage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Keeps the persons with the most tokens, and the sum of the others. */
final class LargestUsers {
  private static final Comparator<UserUsage> LARGEST_FIRST =
      Comparator.comparingLong((UserUsage user) -> user.figures().tokens())
          .reversed()
          .thenComparing(UserUsage::name);

  private final int top;
  private final TreeSet<UserUsage> largest = new TreeSet<>(LARGEST_FIRST);
  private UsageFigures others = UsageFigures.ZERO;
  private long otherUsers;

  /**
   * @param top number of persons to keep, at least 1
   */
  LargestUsers(int top) {
    this.top = top;
  }

  /**
   * Adds a person. Each person is added once.
   *
   * @param id the person's ID
   * @param figures the person's whole usage
   */
  void add(String id, UsageFigures figures) {
    largest.add(new UserUsage(Optional.of(id), 1, figures));
    if (largest.size() > top) {
      others = others.plus(largest.removeLast().figures());
      otherUsers++;
    }
  }

  /**
   * The persons with the most tokens, then the others together, then the calls without a person;
   * each only if there are any.
   *
   * @param withoutUser the usage of calls without a person
   */
  List<UserUsage> usage(UsageFigures withoutUser) {
    var usage = new ArrayList<>(largest);
    if (otherUsers > 0) {
      usage.add(new UserUsage(Optional.empty(), otherUsers, others));
    }
    if (!withoutUser.equals(UsageFigures.ZERO)) {
      usage.add(new UserUsage(Optional.empty(), 0, withoutUser));
    }
    return usage;
  }
}

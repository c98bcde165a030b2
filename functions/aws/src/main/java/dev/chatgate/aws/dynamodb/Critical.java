package dev.chatgate.aws.dynamodb;

import dev.chatgate.StoreUnavailableException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The rule by which every stored form is read, though a later release may have written it. A reader
 * ignores what it does not know, and a writer keeps it. The exception are the names in the item's
 * list {@code critical}: a reader that does not know one of them refuses the item, because ignoring
 * it would widen what a tenant may do, or charge wrongly.
 *
 * <p>The version of a form is its member {@code form}, a number; without it the form is 1, which is
 * all that this release writes. {@code form} is not a known name: a later form that must not be
 * read as form 1 lists it as critical.
 */
public final class Critical {
  /** The attribute with the names: a list or a set of strings. */
  public static final String NAME = "critical";

  private Critical() {}

  /**
   * Checks an item's list.
   *
   * @param known whether the reader knows an attribute
   * @param what names the sort of item in the exception
   * @throws StoreUnavailableException if the list has another one
   */
  public static void requireKnown(
      Map<String, AttributeValue> item, Predicate<String> known, String what) {
    var critical = item.get(NAME);
    if (critical != null) {
      requireKnown(names(critical), known, what);
    }
  }

  /**
   * Checks a list of names.
   *
   * @param known whether the reader knows a member
   * @param what names the sort of item in the exception
   * @throws StoreUnavailableException if it does not know one of the list
   */
  public static void requireKnown(List<String> critical, Predicate<String> known, String what) {
    if (!critical.stream().allMatch(known)) {
      throw new StoreUnavailableException(
          "reading " + what + " that a later release wrote",
          new IllegalStateException("a critical member is not known"),
          "critical member",
          true);
    }
  }

  private static List<String> names(AttributeValue critical) {
    return switch (critical.type()) {
      case L -> critical.l().stream().map(name -> String.valueOf(name.s())).toList();
      case SS -> critical.ss();
      // No form of it that this release knows.
      default -> List.of(NAME + " " + critical.type());
    };
  }
}

package dev.chatgate.quota.item;

import dev.chatgate.quota.item.Attribute.ReservationAttribute;
import dev.chatgate.quota.item.Attribute.Text;
import dev.chatgate.quota.item.Attribute.Whole;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One conditional write of a quota item, as data: all conditions hold and all actions are done, or
 * nothing is. It can say what DynamoDB's update expressions can and no more: conditions only
 * compare an attribute with a constant, actions add a constant at most, and every action reads the
 * item as it was before the write.
 *
 * @param conditions all must hold
 * @param actions at most one per attribute
 */
public record ItemUpdate(List<Condition> conditions, List<Action> actions) {

  /** Copies the lists. */
  public ItemUpdate {
    conditions = List.copyOf(conditions);
    actions = List.copyOf(actions);
  }

  /** What must hold of one attribute. */
  public sealed interface Condition {
    /** The attribute's name. */
    String attribute();

    /** The attribute is not there. */
    record Absent(String attribute) implements Condition {}

    /** The attribute is there and equals the value. */
    record Is(String attribute, Attribute value) implements Condition {}

    /** The attribute is not there, or equals the value. */
    record AbsentOrIs(String attribute, Attribute value) implements Condition {}

    /** The attribute is not there, or a number of at most the bound. */
    record AbsentOrAtMost(String attribute, long bound) implements Condition {}

    /** The attribute is not there, or a number below the bound. */
    record AbsentOrBelow(String attribute, long bound) implements Condition {}

    /** The attribute is a number of at least the bound. */
    record AtLeast(String attribute, long bound) implements Condition {}

    /** The attribute is a number within the bounds, both inclusive. */
    record Between(String attribute, long least, long most) implements Condition {}
  }

  /** What is done with one attribute. */
  public sealed interface Action {
    /** The attribute's name. */
    String attribute();

    /** The attribute becomes the value. */
    record Put(String attribute, Attribute value) implements Action {}

    /** The attribute becomes the value unless it is there already. */
    record PutIfAbsent(String attribute, Attribute value) implements Action {}

    /** The number grows by the amount, which may be negative. The attribute must be there. */
    record Add(String attribute, long amount) implements Action {}

    /** The number grows by the amount; an absent one counts as 0. */
    record AddFromZero(String attribute, long amount) implements Action {}

    /** The attribute becomes the other's number plus the amount. The other must be there. */
    record PutSum(String attribute, String other, long amount) implements Action {}

    /** The attribute goes, if it is there. */
    record Remove(String attribute) implements Action {}
  }

  /** Whether all conditions hold of an item. */
  public boolean holdsFor(QuotaItem item) {
    return conditions.stream().allMatch(condition -> holds(condition, item));
  }

  private static boolean holds(Condition condition, QuotaItem item) {
    var value = item.get(condition.attribute()).orElse(null);
    return switch (condition) {
      case Condition.Absent _ -> value == null;
      case Condition.Is is -> is.value().equals(value);
      case Condition.AbsentOrIs is -> value == null || is.value().equals(value);
      case Condition.AbsentOrAtMost atMost ->
          value == null || (value instanceof Whole(long number) && number <= atMost.bound());
      case Condition.AbsentOrBelow below ->
          value == null || (value instanceof Whole(long number) && number < below.bound());
      case Condition.AtLeast atLeast ->
          value instanceof Whole(long number) && number >= atLeast.bound();
      case Condition.Between between ->
          value instanceof Whole(long number)
              && number >= between.least()
              && number <= between.most();
    };
  }

  /**
   * The item after the write.
   *
   * @param before the item; the conditions are not looked at
   * @throws IllegalStateException where DynamoDB answers with a ValidationException: an operand is
   *     not there or no number, or two actions name one attribute
   */
  public QuotaItem applyTo(QuotaItem before) {
    var after = new TreeMap<>(before.attributes());
    var touched = new ArrayList<String>();
    for (var action : actions) {
      if (touched.contains(action.attribute())) {
        throw new IllegalStateException("two actions name " + action.attribute());
      }
      touched.add(action.attribute());
      perform(action, before, after);
    }
    return new QuotaItem(after);
  }

  private static void perform(Action action, QuotaItem before, SortedMap<String, Attribute> after) {
    switch (action) {
      case Action.Put put -> after.put(put.attribute(), put.value());
      case Action.PutIfAbsent put -> after.putIfAbsent(put.attribute(), put.value());
      case Action.Add add ->
          after.put(add.attribute(), sum(number(before, add.attribute()), add.amount()));
      case Action.AddFromZero add ->
          after.put(add.attribute(), sum(before.number(add.attribute()), add.amount()));
      case Action.PutSum put ->
          after.put(put.attribute(), sum(number(before, put.other()), put.amount()));
      case Action.Remove remove -> after.remove(remove.attribute());
    }
  }

  private static Attribute sum(long number, long amount) {
    return new Whole(Math.addExact(number, amount));
  }

  private static long number(QuotaItem item, String attribute) {
    if (!item.has(attribute)) {
      throw new IllegalStateException("the operand " + attribute + " is not there");
    }
    return item.number(attribute);
  }

  /** Collects conditions and actions, in the order in which they were given. */
  public static final class Builder {
    private final List<Condition> conditions = new ArrayList<>();
    private final List<Action> actions = new ArrayList<>();

    /** Adds a condition. */
    public Builder when(Condition condition) {
      conditions.add(condition);
      return this;
    }

    /** Adds an action. */
    public Builder then(Action action) {
      actions.add(action);
      return this;
    }

    /** Puts a number. */
    public Builder put(String attribute, long number) {
      return then(new Action.Put(attribute, new Whole(number)));
    }

    /** Puts an entry. */
    public Builder put(String attribute, ReservationEntry entry) {
      return then(new Action.Put(attribute, new ReservationAttribute(entry)));
    }

    /** Puts a string unless the attribute is there. */
    public Builder putIfAbsent(String attribute, String text) {
      return then(new Action.PutIfAbsent(attribute, new Text(text)));
    }

    /** Adds to a number that is there. */
    public Builder add(String attribute, long amount) {
      return then(new Action.Add(attribute, amount));
    }

    /** Adds to a number, absent being 0. */
    public Builder addFromZero(String attribute, long amount) {
      return then(new Action.AddFromZero(attribute, amount));
    }

    /** Removes an attribute. */
    public Builder remove(String attribute) {
      return then(new Action.Remove(attribute));
    }

    /** The write. */
    public ItemUpdate build() {
      return new ItemUpdate(conditions, actions);
    }
  }
}

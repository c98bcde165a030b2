package dev.chatgate.aws.quota;

import dev.chatgate.aws.dynamodb.Critical;
import dev.chatgate.quota.item.Attribute;
import dev.chatgate.quota.item.Attribute.Whole;
import dev.chatgate.quota.item.ItemUpdate;
import dev.chatgate.quota.item.ItemUpdate.Action;
import dev.chatgate.quota.item.ItemUpdate.Condition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A conditional write in DynamoDB's expression language. Every attribute is named by a placeholder:
 * ids begin with digits, and windows have dots and reserved words in their names.
 */
final class UpdateExpression {
  private final Map<String, String> placeholders = new LinkedHashMap<>();
  private final Map<AttributeValue, String> constants = new LinkedHashMap<>();
  private final String condition;
  private final String update;

  /**
   * @param critical what the item's attribute {@link Critical#NAME} must be: a write that knows
   *     nothing of a critical attribute must not be done
   */
  UpdateExpression(ItemUpdate write, Optional<AttributeValue> critical) {
    var conditions = new ArrayList<>(write.conditions().stream().map(this::condition).toList());
    var name = name(Critical.NAME);
    conditions.add(
        critical
            .map(value -> name + " = " + constant(value))
            .orElse("attribute_not_exists(" + name + ")"));
    condition = String.join(" AND ", conditions);
    var sets = new ArrayList<String>();
    var removes = new ArrayList<String>();
    for (var action : write.actions()) {
      var text = action(action);
      (action instanceof Action.Remove ? removes : sets).add(text);
    }
    update = clause("SET ", sets) + clause(" REMOVE ", removes);
  }

  private static String clause(String keyword, List<String> actions) {
    return actions.isEmpty() ? "" : keyword + String.join(", ", actions);
  }

  String condition() {
    return condition;
  }

  String update() {
    return update;
  }

  /** Attribute names by placeholder. */
  Map<String, String> names() {
    return inverted(placeholders);
  }

  /** Constants by placeholder. */
  Map<String, AttributeValue> values() {
    return inverted(constants);
  }

  private static <T> Map<String, T> inverted(Map<T, String> map) {
    var inverse = new LinkedHashMap<String, T>();
    map.forEach((value, placeholder) -> inverse.put(placeholder, value));
    return inverse;
  }

  private String condition(Condition condition) {
    var name = name(condition.attribute());
    var absentOr = "(attribute_not_exists(" + name + ") OR " + name;
    return switch (condition) {
      case Condition.Absent _ -> "attribute_not_exists(" + name + ")";
      case Condition.Is is -> name + " = " + constant(is.value());
      case Condition.AbsentOrIs is -> absentOr + " = " + constant(is.value()) + ")";
      case Condition.AbsentOrAtMost most -> absentOr + " <= " + constant(most.bound()) + ")";
      case Condition.AbsentOrBelow below -> absentOr + " < " + constant(below.bound()) + ")";
      case Condition.AtLeast least -> name + " >= " + constant(least.bound());
      case Condition.Between between ->
          name + " BETWEEN " + constant(between.least()) + " AND " + constant(between.most());
    };
  }

  private String action(Action action) {
    var name = name(action.attribute());
    return switch (action) {
      case Action.Put put -> name + " = " + constant(put.value());
      case Action.PutIfAbsent put -> name + " = " + orElse(name, put.value());
      case Action.Add add -> name + " = " + name + " + " + constant(add.amount());
      case Action.AddFromZero add ->
          name + " = " + orElse(name, new Whole(0)) + " + " + constant(add.amount());
      case Action.PutSum put -> name + " = " + name(put.other()) + " + " + constant(put.amount());
      case Action.Remove _ -> name;
    };
  }

  private String orElse(String name, Attribute otherwise) {
    return "if_not_exists(" + name + ", " + constant(otherwise) + ")";
  }

  private String name(String attribute) {
    return placeholders.computeIfAbsent(attribute, _ -> "#" + placeholders.size());
  }

  private String constant(long number) {
    return constant(new Whole(number));
  }

  private String constant(Attribute value) {
    return constant(AttributeValues.of(value));
  }

  private String constant(AttributeValue value) {
    return constants.computeIfAbsent(value, _ -> ":" + constants.size());
  }
}

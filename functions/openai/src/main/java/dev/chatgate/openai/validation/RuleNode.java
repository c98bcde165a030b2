package dev.chatgate.openai.validation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules for a body as a tree: one node for each place that a rule names, the body itself the
 * root.
 */
public final class RuleNode {
  final String path;

  /** The last key of the path. */
  final String name;

  /** Whether an object here may have only members that a rule names. */
  final boolean closed;

  /** Whether a relation depends on its value. */
  boolean tag;

  final List<RuleNode> required = new ArrayList<>();
  final List<Relation> relations = new ArrayList<>();
  private final Map<String, RuleNode> fields = new HashMap<>();
  private @Nullable Rule rule;
  private @Nullable RuleNode item;
  private @Nullable RuleNode anyField;

  /** The bit that stands for this field in its object's masks. */
  long bit;

  private RuleNode(String path, boolean closed) {
    this.path = path;
    this.closed = closed;
    this.name = path.substring(path.lastIndexOf('.') + 1);
  }

  @Nullable Rule rule() {
    return rule;
  }

  /** The node of a key, or null if no rule names it. */
  @Nullable RuleNode field(String name) {
    RuleNode field = fields.get(name);
    return field == null ? anyField : field;
  }

  /** The node of every item, or null if no rule names it. */
  @Nullable RuleNode item() {
    return item;
  }

  /** The node whose fields an object here has: its own, or its item's where one may stand alone. */
  RuleNode asObject() {
    return item != null && fields.isEmpty() ? item : this;
  }

  /**
   * The root of the tree for these rules and relations. An object may have other members than those
   * that a rule names.
   */
  public static RuleNode of(List<Rule> rules, List<Relation> relations) {
    return of(rules, relations, false);
  }

  /** The root of the tree for these rules. No object may have a member that no rule names. */
  public static RuleNode closed(List<Rule> rules) {
    return of(rules, List.of(), true);
  }

  private static RuleNode of(List<Rule> rules, List<Relation> relations, boolean closed) {
    var root = new RuleNode("", closed);
    rules.forEach(root::add);
    relations.forEach(root::add);
    return root;
  }

  private void add(Rule rule) {
    RuleNode node = at(rule.path());
    node.rule = rule;
    if (rule.required()) {
      int dot = rule.path().lastIndexOf('.');
      at(dot < 0 ? "" : rule.path().substring(0, dot)).required.add(node);
    }
  }

  private void add(Relation relation) {
    RuleNode object = at(relation.path());
    object.relations.add(relation);
    switch (relation) {
      case Relation.Needs needs -> object.step(needs.tag()).tag = true;
      case Relation.Unless unless -> {
        object.step(unless.tag()).tag = true;
        unless.substitutes().forEach(object::step);
      }
      case Relation.OnlyWith _ -> {}
    }
  }

  private RuleNode at(String wanted) {
    RuleNode node = this;
    for (String step : wanted.replace("[]", ".[]").split("\\.", -1)) {
      node = step.isEmpty() ? node : node.step(step);
    }
    return node;
  }

  private RuleNode step(String step) {
    if (step.equals("[]")) {
      item = item == null ? new RuleNode(path + "[]", closed) : item;
      return item;
    }
    if (step.equals("*")) {
      anyField = anyField == null ? new RuleNode(path + ".*", closed) : anyField;
      return anyField;
    }
    return fields.computeIfAbsent(step, this::newField);
  }

  private RuleNode newField(String name) {
    var field = new RuleNode(path.isEmpty() ? name : path + "." + name, closed);
    field.bit = 1L << fields.size();
    return field;
  }
}

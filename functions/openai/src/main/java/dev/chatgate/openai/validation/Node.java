package dev.chatgate.openai.validation;

import dev.chatgate.openai.operation.chat.ChatRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rules as a tree: one node for each place that a rule names, the body itself the root. */
final class Node {
  static final Node ROOT = compile(ChatRules.RULES, ChatRules.RELATIONS);

  final String path;

  /** The last key of the path. */
  final String name;

  /** Whether its value decides what else its object must have. */
  final boolean tag;

  final List<Node> required = new ArrayList<>();
  final List<Relation> relations = new ArrayList<>();
  private final Map<String, Node> fields = new HashMap<>();
  private @Nullable Rule rule;
  private @Nullable Node item;
  private @Nullable Node anyField;

  /** The bit that stands for this field in its object's masks. */
  long bit;

  private Node(String path) {
    this.path = path;
    this.name = path.substring(path.lastIndexOf('.') + 1);
    this.tag = name.equals("type") || name.equals("role");
  }

  @Nullable Rule rule() {
    return rule;
  }

  /** The node of a key, or null if no rule names it. */
  @Nullable Node field(String name) {
    Node field = fields.get(name);
    return field == null ? anyField : field;
  }

  /** The node of every item, or null if no rule names it. */
  @Nullable Node item() {
    return item;
  }

  /** The node whose fields an object here has: its own, or its item's where one may stand alone. */
  Node asObject() {
    return item != null && fields.isEmpty() ? item : this;
  }

  private static Node compile(List<Rule> rules, List<Relation> relations) {
    var root = new Node("");
    rules.forEach(root::add);
    relations.forEach(root::add);
    return root;
  }

  private void add(Rule rule) {
    Node node = at(rule.path());
    node.rule = rule;
    if (rule.required()) {
      int dot = rule.path().lastIndexOf('.');
      at(dot < 0 ? "" : rule.path().substring(0, dot)).required.add(node);
    }
  }

  private void add(Relation relation) {
    Node object = at(relation.path());
    object.relations.add(relation);
    if (relation instanceof Relation.Unless unless) {
      unless.substitutes().forEach(object::step);
    }
  }

  private Node at(String wanted) {
    Node node = this;
    for (String step : wanted.replace("[]", ".[]").split("\\.", -1)) {
      node = step.isEmpty() ? node : node.step(step);
    }
    return node;
  }

  private Node step(String step) {
    if (step.equals("[]")) {
      item = item == null ? new Node(path + "[]") : item;
      return item;
    }
    if (step.equals("*")) {
      anyField = anyField == null ? new Node(path + ".*") : anyField;
      return anyField;
    }
    return fields.computeIfAbsent(step, this::newField);
  }

  private Node newField(String name) {
    var field = new Node(path.isEmpty() ? name : path + "." + name);
    field.bit = 1L << fields.size();
    return field;
  }
}

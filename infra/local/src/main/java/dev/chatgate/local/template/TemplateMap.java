package dev.chatgate.local.template;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A resolved map of the template, read by name; an error names the missing member. */
final class TemplateMap {
  private final String where;
  private final Map<?, ?> map;

  private TemplateMap(String where, Map<?, ?> map) {
    this.where = where;
    this.map = map;
  }

  static TemplateMap of(String where, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return new TemplateMap(where, map);
    }
    throw new TemplateException(where + " is not a map");
  }

  boolean has(String name) {
    return map.get(name) != null;
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(map.get(name)).map(Object::toString);
  }

  String requiredText(String name) {
    return text(name).orElseThrow(() -> new TemplateException(where + " has no " + name));
  }

  int number(String name, int otherwise) {
    return text(name).map(Integer::valueOf).orElse(otherwise);
  }

  TemplateMap tree(String name) {
    Object value = map.get(name);
    return of(where + "." + name, value == null ? Map.of() : value);
  }

  Stream<String> names() {
    return map.keySet().stream().map(String::valueOf);
  }

  List<TemplateMap> trees(String name) {
    return items(name).map(item -> of(where + "." + name, item)).toList();
  }

  List<String> texts(String name) {
    return items(name).map(String::valueOf).toList();
  }

  private Stream<?> items(String name) {
    Object value = map.get(name);
    return value instanceof List<?> list ? list.stream() : Stream.of();
  }
}

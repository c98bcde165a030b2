package dev.chatgate.openai.validation;

import com.fasterxml.jackson.core.json.DupDetector;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The objects and arrays that are open while a body is read: where in it the reader is. */
final class OpenContainers {
  private final DupDetector names;
  private final List<OpenContainer> containers = new ArrayList<>();
  private int depth;

  OpenContainers(DupDetector names) {
    this.names = names;
  }

  int depth() {
    return depth;
  }

  OpenContainer top() {
    return containers.get(depth - 1);
  }

  void push(@Nullable RuleNode rules, boolean array) {
    if (depth == containers.size()) {
      containers.add(new OpenContainer(names.child()));
    }
    containers.get(depth++).open(rules, array);
  }

  /** Leaves the innermost, which stands until the next push, for the path of what is around it. */
  OpenContainer pop() {
    return containers.get(--depth);
  }

  /** The path of the value that is being read, like {@code messages[2].content[0].type}. */
  String path() {
    var path = new StringBuilder();
    for (OpenContainer container : containers.subList(0, depth)) {
      if (container.array) {
        path.append('[').append(container.count).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".")
            .append(Quote.of(container.key == null ? "" : container.key));
      }
    }
    return Quote.of(path.toString());
  }

  /** The path of a field of the object that is being read. */
  String path(String field) {
    String object = path();
    return object.isEmpty() ? field : object + "." + field;
  }
}

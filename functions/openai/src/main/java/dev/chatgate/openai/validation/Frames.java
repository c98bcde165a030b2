package dev.chatgate.openai.validation;

import com.fasterxml.jackson.core.json.DupDetector;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The objects and arrays that are open while a body is read: where in it the reader is. */
final class Frames {
  private final DupDetector names;
  private final List<Frame> frames = new ArrayList<>();
  private int depth;

  Frames(DupDetector names) {
    this.names = names;
  }

  int depth() {
    return depth;
  }

  Frame top() {
    return frames.get(depth - 1);
  }

  void push(@Nullable Node rules, boolean array) {
    if (depth == frames.size()) {
      frames.add(new Frame(names.child()));
    }
    frames.get(depth++).open(rules, array);
  }

  /** Leaves the innermost, which stands until the next push, for the path of what is around it. */
  Frame pop() {
    return frames.get(--depth);
  }

  /** The path of the value that is being read, like {@code messages[2].content[0].type}. */
  String path() {
    var path = new StringBuilder();
    for (Frame frame : frames.subList(0, depth)) {
      if (frame.array) {
        path.append('[').append(frame.count).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(Quote.of(frame.key == null ? "" : frame.key));
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

package dev.chatgate.gateway.http;

import java.util.List;
import java.util.Optional;

/** What a path leads to, and with which methods. {@code HEAD} goes wherever {@code GET} goes. */
public sealed interface Route {
  /** The methods, in the order in which {@code Allow} lists them. */
  List<String> methods();

  /** {@code …/v1/chat/completions}. */
  record Chat() implements Route {
    @Override
    public List<String> methods() {
      return List.of("POST");
    }
  }

  /** {@code …/v1/models}. */
  record Models() implements ReadOnly {}

  /**
   * {@code …/v1/models/{id}}.
   *
   * @param id the rest of the path, which may hold slashes
   */
  record Model(String id) implements ReadOnly {}

  /** {@code …/v1/usage}. */
  record Usage() implements ReadOnly {}

  /** {@code /health}. */
  record Health() implements ReadOnly {}

  /** {@code /openapi.json}. */
  record Description() implements ReadOnly {}

  /** A route that only shows something. */
  sealed interface ReadOnly extends Route {
    @Override
    default List<String> methods() {
      return List.of("GET", "HEAD");
    }
  }

  /**
   * Finds the route of a path. Each stands with and without {@code /openai} before it; trailing and
   * doubled slashes are ignored.
   *
   * @param path percent-decoded
   */
  static Optional<Route> of(String path) {
    String plain = withoutPrefix(withoutSpareSlashes(path), "/openai");
    return switch (plain) {
      case "/v1/chat/completions" -> Optional.of(new Chat());
      case "/v1/models" -> Optional.of(new Models());
      case "/v1/usage" -> Optional.of(new Usage());
      case "/health" -> Optional.of(new Health());
      case "/openapi.json" -> Optional.of(new Description());
      default ->
          plain.startsWith("/v1/models/")
              ? Optional.of(new Model(plain.substring("/v1/models/".length())))
              : Optional.empty();
    };
  }

  private static String withoutSpareSlashes(String path) {
    var plain = new StringBuilder(path.length() + 1).append('/');
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c != '/' || plain.charAt(plain.length() - 1) != '/') {
        plain.append(c);
      }
    }
    int end = plain.length();
    return end > 1 && plain.charAt(end - 1) == '/' ? plain.substring(0, end - 1) : plain.toString();
  }

  private static String withoutPrefix(String path, String prefix) {
    return path.startsWith(prefix + "/") ? path.substring(prefix.length()) : path;
  }
}

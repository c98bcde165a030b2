package dev.chatgate.gateway.http;

import dev.chatgate.openai.operation.Operation;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a path leads to, and with which methods. {@code HEAD} goes wherever {@code GET} goes. */
public sealed interface Route {
  /** The name in logs and metrics. */
  default String name() {
    return getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  /** The methods, in the order in which {@code Allow} lists them. */
  List<String> methods();

  /** The path of a metered operation, like {@code …/v1/chat/completions}. */
  record Metered(Operation operation) implements Route {
    @Override
    public String name() {
      return operation.name();
    }

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

  /** {@code …/v1/client_secrets}. */
  record ClientSecrets() implements Route {
    @Override
    public String name() {
      return "client_secrets";
    }

    @Override
    public List<String> methods() {
      return List.of("POST");
    }
  }

  /** {@code /health}. */
  record Health() implements ReadOnly {}

  /** {@code /openapi.json}. */
  record Description() implements ReadOnly {}

  /** {@code /} and {@code /playground}: the page on which a person tries the gateway. */
  record Playground() implements ReadOnly {}

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
   * @param operations the metered operations
   */
  static Optional<Route> of(String path, List<Operation> operations) {
    String plain = withoutPrefix(withoutSpareSlashes(path), "/openai");
    for (var operation : operations) {
      if (operation.path().equals(plain)) {
        return Optional.of(new Metered(operation));
      }
    }
    return switch (plain) {
      case "/v1/models" -> Optional.of(new Models());
      case "/v1/usage" -> Optional.of(new Usage());
      case "/v1/client_secrets" -> Optional.of(new ClientSecrets());
      case "/health" -> Optional.of(new Health());
      case "/openapi.json" -> Optional.of(new Description());
      case "/", "/playground" -> Optional.of(new Playground());
      default ->
          plain.startsWith("/v1/models/")
              ? Optional.of(new Model(plain.substring("/v1/models/".length())))
              : Optional.empty();
    };
  }

  /**
   * What to use instead of a path that has no route: for the two mistakes that are usual, a base
   * URL without its end and a call of OpenAI's Responses API.
   *
   * @param path percent-decoded
   * @return a sentence with a space before it; empty for another path
   */
  static String advice(String path) {
    String plain = withoutSpareSlashes(path);
    if (plain.endsWith("/responses")) {
      return " Chatgate serves Chat Completions: client.chat.completions.create.";
    }
    return plain.endsWith("/chat/completions") || plain.endsWith("/models")
        ? " The base URL ends with /openai/v1."
        : "";
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

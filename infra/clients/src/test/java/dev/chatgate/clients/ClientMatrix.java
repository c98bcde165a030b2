package dev.chatgate.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs every library through every case. */
final class ClientMatrix {
  /** Number of concurrent runners, which mostly wait. */
  private static final int AT_ONCE = 2;

  private final List<Library> libraries;
  private final Map<Library, Map<String, Cell>> results;
  private final List<String> failures;

  private ClientMatrix(
      List<Library> libraries, Map<Library, Map<String, Cell>> results, List<String> failures) {
    this.libraries = libraries;
    this.results = results;
    this.failures = failures;
  }

  /**
   * Runs the matrix and prints the page; with the argument {@code write} also writes it to
   * MATRIX.md. With {@code serve} and a library's id it only starts the stack, for work on a
   * runner, and prints the runner's environment.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path root = root();
    if (args[0].equals("serve")) {
      serve(root, args[1]);
      return;
    }
    var matrix = run(root, Library.all(root));
    System.out.println(matrix.page());
    matrix.failures().forEach(System.err::println);
    if (List.of(args).contains("write")) {
      Files.writeString(page(root), matrix.page());
    }
    System.exit(matrix.failures().isEmpty() ? 0 : 1);
  }

  /** Waits until the process is killed, because Maven does not pass on an end of input. */
  private static void serve(Path root, String id) throws InterruptedException {
    List<Library> libraries = Library.all(root);
    try (var stack = MatrixStack.start(root, libraries)) {
      for (Library library : libraries) {
        if (library.id().equals(id)) {
          stack
              .environment(library)
              .forEach((name, value) -> System.out.println("export " + name + "=" + value));
          System.out.println("# " + String.join(" ", library.command()));
        }
      }
      new CountDownLatch(1).await();
    }
  }

  /** The root of the checkout; Maven's working folder is that of the module. */
  static Path root() {
    return Path.of(System.getProperty("chatgate.root", "../..")).toAbsolutePath().normalize();
  }

  /** The path of the page. */
  static Path page(Path root) {
    return root.resolve("infra/clients/MATRIX.md");
  }

  /** Runs all libraries. */
  static ClientMatrix run(Path root, List<Library> libraries) {
    try (var stack = MatrixStack.start(root, libraries)) {
      var runner = new Runner(root, stack::environment);
      var results = new LinkedHashMap<Library, Map<String, Cell>>();
      var failures = new ArrayList<String>();
      runAll(libraries, runner)
          .forEach((library, cells) -> {
            try {
              results.put(library, cells.get());
              failures.addAll(failures(library, cells.get()));
              failures.addAll(abortFailures(stack, library));
            } catch (ExecutionException | InterruptedException e) {
              failures.add(library.title() + ": " + e.getCause());
            }
          });
      return new ClientMatrix(libraries, results, failures);
    }
  }

  private static Map<Library, Future<Map<String, Cell>>> runAll(
      List<Library> libraries, Runner runner) {
    var running = new LinkedHashMap<Library, Future<Map<String, Cell>>>();
    try (var pool = Executors.newFixedThreadPool(AT_ONCE)) {
      libraries.forEach(library -> running.put(library, pool.submit(() -> runner.run(library))));
    }
    return running;
  }

  private static List<String> failures(Library library, Map<String, Cell> cells) {
    var failures = new ArrayList<String>();
    var known = new ArrayList<String>();
    for (Case one : Case.values()) {
      known.add(one.id());
      Cell cell = cells.get(one.id());
      if (cell == null) {
        failures.add("%s, %s: the runner said nothing of it".formatted(library.title(), one.id()));
      } else if (!cell.ok()) {
        failures.add(
            "%s, %s: %s; %s".formatted(library.title(), one.id(), cell.text(), cell.detail()));
      }
    }
    cells.keySet().stream()
        .filter(id -> !known.contains(id))
        .forEach(id -> failures.add("%s: there is no case %s".formatted(library.title(), id)));
    return failures;
  }

  /** Checks that a call has a usage record although its client disconnected. */
  private static List<String> abortFailures(MatrixStack stack, Library library) {
    int records = stack.records(Keys.key("fine", library), "case/slow");
    return records == 1
        ? List.of()
        : List.of("%s, abort: %d records".formatted(library.title(), records));
  }

  /** The results that the runners did not expect, as sentences. */
  List<String> failures() {
    return failures;
  }

  /** The page with the results. */
  String page() {
    return MatrixPage.of(libraries, results);
  }
}

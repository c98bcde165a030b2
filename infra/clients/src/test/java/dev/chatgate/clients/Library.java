package dev.chatgate.clients;

import java.nio.file.Path;
import java.util.List;

/**
 * A client library of the matrix.
 *
 * @param id its name in tenants and folders
 * @param title its column
 * @param packages what is pinned, for the legend
 * @param version its exact version, from where it is pinned
 * @param command starts its runner
 */
record Library(String id, String title, String packages, String version, List<String> command) {

  /** Copies the list. */
  Library {
    command = List.copyOf(command);
  }

  /** Every library, in the page's order. */
  static List<Library> all(Path root) {
    return List.of(
        python(root, "openai-3", "OpenAI Python 3", "openai"),
        python(root, "openai-2", "OpenAI Python 2", "openai"),
        npm(root, "openai-7", "OpenAI npm 7", "openai"));
  }

  private static Library python(Path root, String name, String title, String... packages) {
    Path sources = root.resolve("infra/clients/python");
    String folder = "python-" + name;
    return new Library(
        folder,
        title,
        "PyPI " + String.join(" with ", packages),
        Pins.python(sources.resolve(name + ".txt"), packages),
        List.of(
            Tools.find("clients/" + folder + "/bin/python").toString(),
            // Its compiled files would lie in the tree.
            "-B",
            sources.resolve(name.replace('-', '_') + ".py").toString()));
  }

  private static Library npm(Path root, String folder, String title, String... packages) {
    return new Library(
        folder,
        title,
        "npm " + String.join(" with ", packages),
        Pins.npm(root.resolve("infra/clients/npm").resolve(folder), packages),
        List.of("node", NodeFolder.prepare(root, folder).toString()));
  }
}

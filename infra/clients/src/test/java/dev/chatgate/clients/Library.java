package dev.chatgate.clients;

import dev.chatgate.clients.runner.JavaRunner;
import java.nio.file.Path;
import java.util.List;

/**
 * A client library of the matrix.
 *
 * @param id the name in tenants and folders
 * @param title the heading of its column
 * @param pinned the packages with their pinned versions
 * @param command the command that starts its runner
 */
record Library(String id, String title, String pinned, List<String> command) {

  /** Copies the list. */
  Library {
    command = List.copyOf(command);
  }

  /** Every library, in the page's order. */
  static List<Library> all(Path root) {
    return List.of(
        python(root, "openai-3", "OpenAI Python 3", "openai"),
        python(root, "openai-2", "OpenAI Python 2", "openai"),
        npm(root, "openai-7", "OpenAI npm 7", "openai"),
        npm(root, "openai-6", "OpenAI npm 6", "openai"),
        npm(root, "ai-sdk", "Vercel AI SDK", "ai", "@ai-sdk/openai-compatible"),
        npm(root, "langchain", "LangChain.js", "@langchain/openai", "@langchain/core"),
        java(root, "openai-java", "OpenAI Java", "com.openai:openai-java"),
        java(root, "langchain4j", "LangChain4j", "dev.langchain4j:langchain4j-open-ai"));
  }

  private static Library python(Path root, String name, String title, String... packages) {
    Path sources = root.resolve("infra/clients/python");
    String folder = "python-" + name;
    return new Library(
        folder,
        title,
        "PyPI: " + Pins.python(sources.resolve(name + ".txt"), packages),
        List.of(
            RunnerTools.find("clients/" + folder + "/bin/python").toString(),
            // Without this, Python would write compiled files into the checkout.
            "-B",
            sources.resolve(name.replace('-', '_') + ".py").toString()));
  }

  private static Library npm(Path root, String folder, String title, String... packages) {
    return new Library(
        folder,
        title,
        "npm: " + Pins.npm(root.resolve("infra/clients/npm").resolve(folder), packages),
        List.of("node", NodeFolder.prepare(root, folder).toString()));
  }

  private static Library java(Path root, String id, String title, String artifact) {
    return new Library(
        id,
        title,
        "Maven: " + artifact + " " + Pins.maven(root, id),
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-classpath",
            System.getProperty("java.class.path"),
            JavaRunner.class.getName(),
            id));
  }
}

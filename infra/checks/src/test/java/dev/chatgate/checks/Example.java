package dev.chatgate.checks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A folder of {@code infra/examples}, copied into the build folder with changes, such as other
 * ports, and with the libraries that {@code .ci/tools} has installed.
 */
final class Example {
  private static final Path EXAMPLES = Repository.ROOT.resolve("infra/examples");
  private static final Pattern BLOCK =
      Pattern.compile("^ *```(\\w*)\\n(.*?)^ *```$", Pattern.DOTALL | Pattern.MULTILINE);

  private final Path original;
  private final Path folder;
  private final Map<String, String> replacements;

  private Example(Path original, Path folder, Map<String, String> replacements) {
    this.original = original;
    this.folder = folder;
    this.replacements = Map.copyOf(replacements);
  }

  /**
   * Copies an example.
   *
   * @param name the name of its folder
   * @param replacements by what to replace which texts in the files
   */
  static Example copy(String name, Map<String, String> replacements) throws IOException {
    var examples = Files.createDirectories(Repository.TARGET.resolve("examples"));
    var folder = Files.createTempDirectory(examples, name);
    var example = new Example(EXAMPLES.resolve(name), folder, replacements);
    for (var file : example.files()) {
      var copy = folder.resolve(example.original.relativize(file));
      Files.createDirectories(copy.getParent());
      Files.writeString(copy, example.replaced(Files.readString(file)));
    }
    Files.createSymbolicLink(
        folder.resolve("node_modules"), ExternalTools.find("examples/" + name + "/node_modules"));
    return example;
  }

  /** A port of 127.0.0.1 that no server uses now. */
  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The copy's folder. */
  Path folder() {
    return folder;
  }

  /** The README of the original. */
  String readme() throws IOException {
    return Files.readString(original.resolve("README.md"));
  }

  /** The commands in the README, in its order, with the replacements. */
  List<String> commands() throws IOException {
    return lines("").stream().map(this::replaced).toList();
  }

  /** The lines of JavaScript that the README quotes. */
  List<String> quotedCode() throws IOException {
    return lines("js");
  }

  /** All lines of the original's code, without their indentation. */
  List<String> code() throws IOException {
    var lines = new ArrayList<String>();
    for (var file : files()) {
      if (file.toString().matches(".*\\.jsx?")) {
        Files.readString(file).lines().map(String::strip).forEach(lines::add);
      }
    }
    return lines;
  }

  private List<String> lines(String language) throws IOException {
    return BLOCK
        .matcher(readme())
        .results()
        .filter(block -> block.group(1).equals(language))
        .flatMap(block -> block.group(2).lines())
        .map(String::strip)
        .toList();
  }

  /** The files that a developer copies, without what npm has installed or built. */
  private List<Path> files() throws IOException {
    try (var paths = Files.walk(original)) {
      return paths.filter(Files::isRegularFile).filter(this::isSource).toList();
    }
  }

  private boolean isSource(Path file) {
    var top = original.relativize(file).getName(0).toString();
    return !top.equals("node_modules") && !top.equals("dist");
  }

  private String replaced(String text) {
    var pattern =
        replacements.keySet().stream().map(Pattern::quote).collect(Collectors.joining("|"));
    return Pattern.compile(pattern)
        .matcher(text)
        .replaceAll(found -> replacements.getOrDefault(found.group(), ""));
  }
}

package dev.chatgate.checks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A deployable zip. */
record DeployablePackage(Path zip) {

  /** The permissions of a file after Lambda has unpacked it. */
  Set<PosixFilePermission> permissions(String file) throws IOException {
    try (var files = open()) {
      return Files.getPosixFilePermissions(files.getPath(file));
    }
  }

  /** The names of the jars in the package. */
  List<String> jars() throws IOException {
    try (var files = open();
        var jars = Files.list(files.getPath("lib"))) {
      return jars.map(jar -> jar.getFileName().toString()).toList();
    }
  }

  /**
   * Loads a class only from the package, as Lambda does: first from its root, then from the jars in
   * {@code lib}.
   *
   * @param folder where to unpack to
   * @return the names of its public methods, and {@code new} if it has a public constructor without
   *     parameters
   * @throws ClassNotFoundException if the class, or one in its methods' signatures, is missing
   */
  Set<String> usableOf(String className, Path folder) throws IOException, ClassNotFoundException {
    unpack(folder);
    try (var loader = new URLClassLoader(classPath(folder), ClassLoader.getPlatformClassLoader())) {
      var loaded = Class.forName(className, false, loader);
      var usable = new HashSet<String>();
      for (var constructor : loaded.getConstructors()) {
        usable.add(constructor.getParameterCount() == 0 ? "new" : "new(…)");
      }
      for (var method : loaded.getMethods()) {
        usable.add(method.getName());
      }
      return usable;
    }
  }

  private void unpack(Path folder) throws IOException {
    try (var files = open();
        var all = Files.walk(files.getPath("/"))) {
      for (Path file : (Iterable<Path>) all::iterator) {
        Path copy = folder.resolve(files.getPath("/").relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
  }

  private static URL[] classPath(Path folder) throws IOException {
    var path = new ArrayList<URL>();
    path.add(url(folder));
    if (Files.isDirectory(folder.resolve("lib"))) {
      try (var jars = Files.list(folder.resolve("lib"))) {
        jars.sorted().map(DeployablePackage::url).forEach(path::add);
      }
    }
    return path.toArray(URL[]::new);
  }

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens the zip as a file system; changes are written when it is closed. */
  FileSystem open() throws IOException {
    return FileSystems.newFileSystem(zip, Map.of("enablePosixFileAttributes", true));
  }
}

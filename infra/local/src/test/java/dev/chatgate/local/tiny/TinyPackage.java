package dev.chatgate.local.tiny;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** A package as it would be deployed, and a template that names it, made of the tiny functions. */
public final class TinyPackage {
  private static final String WRAPPER =
      """
      #!/bin/sh
      exec "$1" -classpath "$LAMBDA_TASK_ROOT/lib/tiny.jar" dev.chatgate.local.tiny.TinyRuntime
      """;

  private TinyPackage() {}

  /** Writes {@code template.yaml} and {@code tiny.zip} into the folder, and returns it. */
  public static Path in(Path folder) {
    try {
      Path jar = folder.resolve("tiny.jar");
      try (FileSystem zip = create(jar)) {
        for (String name : List.of("TinyHandler", "TinyEvent", "TinyRuntime")) {
          Path to = zip.getPath("/dev/chatgate/local/tiny/" + name + ".class");
          Files.createDirectories(to.getParent());
          Files.copy(classes().resolve("dev/chatgate/local/tiny/" + name + ".class"), to);
        }
      }
      try (FileSystem zip = create(folder.resolve("tiny.zip"))) {
        Files.createDirectory(zip.getPath("/lib"));
        Files.copy(jar, zip.getPath("/lib/tiny.jar"));
        Path script = Files.writeString(zip.getPath("/tiny-stream"), WRAPPER);
        Files.setAttribute(script, "zip:permissions", PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      Files.copy(classes().resolve("tiny-template.yaml"), folder.resolve("template.yaml"));
      return folder;
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static FileSystem create(Path zip) throws IOException {
    return FileSystems.newFileSystem(
        zip, Map.of("create", "true", "enablePosixFileAttributes", "true"));
  }

  private static Path classes() throws URISyntaxException {
    return Path.of(TinyPackage.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}

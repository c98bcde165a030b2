package dev.chatgate.local.lambda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Unpacks deployable zips the way Lambda does, file permissions included. */
public final class Packages {
  private final Path work;

  /**
   * @param work the folder under which packages are unpacked; an unchanged package is not unpacked
   *     again
   */
  public Packages(Path work) {
    this.work = work;
  }

  /**
   * The folder with the files of a package.
   *
   * @param zip the package
   * @throws UncheckedIOException if there is no such package, or it is no zip
   */
  public Path unpacked(Path zip) {
    try {
      String version =
          Long.toHexString(Files.getLastModifiedTime(zip).toMillis()) + "-" + Files.size(zip);
      Path folder = work.resolve(zip.getFileName() + "-" + version);
      return Files.isDirectory(folder) ? folder : unpack(zip, folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path unpack(Path zip, Path folder) throws IOException {
    Files.createDirectories(work);
    Path fresh = Files.createTempDirectory(work, "unpacking");
    try (FileSystem files =
        FileSystems.newFileSystem(zip, Map.of("enablePosixFileAttributes", "true"))) {
      Path root = files.getPath("/");
      try (Stream<Path> all = Files.walk(root)) {
        for (Path file : (Iterable<Path>) all::iterator) {
          copy(file, fresh.resolve(root.relativize(file).toString()));
        }
      }
    }
    return moveIntoPlace(fresh, folder);
  }

  private static void copy(Path file, Path to) throws IOException {
    if (Files.isDirectory(file)) {
      Files.createDirectories(to);
      return;
    }
    Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
    Set<PosixFilePermission> permissions = new HashSet<>(Files.getPosixFilePermissions(file));
    permissions.add(PosixFilePermission.OWNER_READ);
    permissions.add(PosixFilePermission.OWNER_WRITE);
    Files.setPosixFilePermissions(to, permissions);
  }

  private static Path moveIntoPlace(Path fresh, Path folder) throws IOException {
    try {
      Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
      // Another process has unpacked the same package meanwhile.
    }
    return folder;
  }
}

package dev.chatgate.checks;

import java.nio.file.Path;

/** Where the files are that no class path holds. */
final class Repository {
  /** The root of the checkout: Maven runs the tests in their module's folder. */
  static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

  /** What the build made of this module. */
  static final Path TARGET = Path.of("target").toAbsolutePath();

  private Repository() {}
}

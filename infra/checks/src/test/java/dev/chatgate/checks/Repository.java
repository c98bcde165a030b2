package dev.chatgate.checks;

import java.nio.file.Path;

/** Paths of files that are not on the class path. */
final class Repository {
  /** The root of the checkout; Maven runs tests in the module's folder. */
  static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

  /** This module's build folder. */
  static final Path TARGET = Path.of("target").toAbsolutePath();

  private Repository() {}
}

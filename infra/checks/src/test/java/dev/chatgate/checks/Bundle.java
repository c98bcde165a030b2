package dev.chatgate.checks;

import java.nio.file.Files;
import java.nio.file.Path;

/** The pages in {@code infra/checks/browser}, bundled with their libraries. */
final class Bundle {
  private static final Path SOURCES = Repository.ROOT.resolve("infra/checks/browser");

  private Bundle() {}

  /**
   * Makes a web site of one page.
   *
   * @param script the page's script
   * @param site the folder that gets {@code index.html} and {@code app.js}
   */
  static void make(String script, Path site) throws Exception {
    Files.createDirectories(site);
    Files.writeString(site.resolve("index.html"), Files.readString(SOURCES.resolve("index.html")));
    ExternalTools.run(
        ExternalTools.nodePath(),
        ExternalTools.find("npm/node_modules/.bin/esbuild"),
        SOURCES.resolve(script),
        "--bundle",
        "--minify",
        "--format=esm",
        "--log-level=warning",
        "--outfile=" + site.resolve("app.js"));
  }
}

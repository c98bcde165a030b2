package dev.chatgate.cli.console;

/** Text that the help of several commands shares. */
public final class HelpText {
  /** Heading of a command's example, for picocli's {@code footerHeading}. */
  public static final String EXAMPLE = "%nExample:%n";

  /** Description of {@code --yes}. */
  public static final String YES = "Do not ask for confirmation.";

  private HelpText() {}
}

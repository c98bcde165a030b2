package dev.chatgate.cli.trial;

import dev.chatgate.cli.console.CommandException;
import java.net.URI;
import java.util.Set;

/** The URL of a door's chat calls. */
public final class DoorUrl {
  private static final Set<String> THIS_MACHINE = Set.of("127.0.0.1", "localhost");

  private DoorUrl() {}

  /**
   * Appends the path of chat calls.
   *
   * @param baseUrl a door's base URL
   * @throws CommandException if it is neither an https URL nor an http URL of this machine
   */
  public static URI ofChat(String baseUrl) {
    try {
      var url = URI.create(baseUrl.replaceFirst("/$", "") + "/chat/completions");
      var host = url.getHost() == null ? "" : url.getHost();
      boolean isHttps = "https".equals(url.getScheme()) && !host.isEmpty();
      if (isHttps || ("http".equals(url.getScheme()) && THIS_MACHINE.contains(host))) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      throw invalid();
    }
    throw invalid();
  }

  private static CommandException invalid() {
    return CommandException.error("The door's base URL must use https, or http to localhost.");
  }
}

package dev.chatgate.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Checks the machine, the settings and the ports before anything is built. {@code mvn -Plocal} runs
 * this file from its source, so this class and those that it uses need nothing but the JDK.
 */
public final class Preflight {
  private static final int FAILED = 1;

  private Preflight() {}

  /** Ends with code 1 and one sentence on standard error if the system could not start. */
  public static void main(String[] args) {
    try {
      check(System.getenv());
    } catch (StartException e) {
      System.err.println(e.getMessage());
      System.err.flush();
      Runtime.getRuntime().exit(FAILED);
    }
  }

  /**
   * Checks what can be checked without starting anything.
   *
   * @param environment names and values
   * @throws StartException if the system could not start
   */
  static void check(Map<String, String> environment) {
    requireLinux();
    LocalSettings settings = LocalSettings.from(environment);
    var ports = new LinkedHashMap<String, Integer>();
    ports.put("CHATGATE_API_PORT", settings.apiPort());
    ports.put("CHATGATE_STREAM_PORT", settings.streamPort());
    ports.put("CHATGATE_AWS_PORT", settings.awsPort());
    requireFree(ports);
  }

  /**
   * Checks the operating system.
   *
   * @throws StartException if it is not Linux
   */
  static void requireLinux() {
    String system = System.getProperty("os.name");
    if (!system.toLowerCase(Locale.ROOT).contains("linux")) {
      throw new StartException(
          "The local doors need Linux (WSL or a container will do), not "
              + system
              + ": AWS's runtime client has native code for Linux only.");
    }
  }

  /** All are held at once, so that two settings with one port are noticed. */
  private static void requireFree(Map<String, Integer> ports) {
    List<ServerSocket> held = new ArrayList<>();
    try {
      ports.forEach((setting, port) -> held.add(hold(setting, port)));
    } finally {
      held.forEach(Preflight::release);
    }
  }

  private static ServerSocket hold(String setting, int port) {
    try {
      var socket = new ServerSocket();
      // As Jetty does: a port whose last connections are closing counts as free.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      return socket;
    } catch (IOException e) {
      throw StartException.portInUse(setting, port, e);
    }
  }

  private static void release(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing was sent or received.
    }
  }
}

package dev.chatgate.streaming;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Opens connections to the Runtime API. */
interface Connector {

  Connection open() throws IOException;

  /** The value of the {@code Host} header. */
  String host();

  /** Connects to the address in {@code AWS_LAMBDA_RUNTIME_API}. */
  record Network(String host, InetSocketAddress address) implements Connector {

    /**
     * Parses an address such as {@code 127.0.0.1:9001} or {@code [::1]:9001}; null if it is not
     * valid.
     */
    static @Nullable Network parse(String hostAndPort) {
      int colon = hostAndPort.lastIndexOf(':');
      if (colon <= 0) {
        return null;
      }
      String name = unbracketed(hostAndPort.substring(0, colon));
      try {
        int port = Integer.parseInt(hostAndPort, colon + 1, hostAndPort.length(), 10);
        return new Network(hostAndPort, new InetSocketAddress(name, port));
      } catch (IllegalArgumentException e) {
        return null;
      }
    }

    private static String unbracketed(String name) {
      return name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
    }

    @Override
    public Connection open() throws IOException {
      return Connection.open(address);
    }
  }
}

package dev.chatgate.streaming;

import java.io.IOException;
import java.net.InetSocketAddress;

/** Opens connections to the Runtime API. */
interface Connector {

  Connection open() throws IOException;

  /** The value of the {@code Host} header. */
  String host();

  /** The Runtime API as {@code AWS_LAMBDA_RUNTIME_API} names it. */
  record Network(String host, InetSocketAddress address) implements Connector {

    /**
     * @param hostAndPort {@code 127.0.0.1:9001} or {@code [::1]:9001}
     * @throws IllegalArgumentException if it is anything else
     */
    static Network parse(String hostAndPort) {
      int colon = hostAndPort.lastIndexOf(':');
      if (colon <= 0) {
        throw new IllegalArgumentException("AWS_LAMBDA_RUNTIME_API is not host:port");
      }
      int port = Integer.parseInt(hostAndPort, colon + 1, hostAndPort.length(), 10);
      String name = hostAndPort.substring(0, colon);
      return new Network(hostAndPort, new InetSocketAddress(unbracketed(name), port));
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

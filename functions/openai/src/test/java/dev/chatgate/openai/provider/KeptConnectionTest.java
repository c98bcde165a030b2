package dev.chatgate.openai.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import org.apache.hc.core5.http.config.Http1Config;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeptConnectionTest {
  private final KeptConnection connection = new KeptConnection(Http1Config.DEFAULT);
  private ServerSocket server;
  private Socket own;
  private Socket others;

  @BeforeEach
  void connect() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    own = SocketChannel.open(server.getLocalSocketAddress()).socket();
    others = server.accept();
    connection.bind(own);
  }

  @AfterEach
  void close() throws IOException {
    connection.close();
    others.close();
    server.close();
  }

  @Test
  void anIdleConnectionIsGoodAndStaysUsable() throws IOException {
    for (int i = 0; i < 3; i++) {
      assertFalse(connection.isStale());
    }
    others.getOutputStream().write('x');
    assertEquals('x', own.getInputStream().read());
    assertTrue(own.getChannel().isBlocking());
  }

  @Test
  void oneThatTheOtherSideClosedIsStale() throws IOException {
    others.close();
    assertTrue(connection.isStale());
  }

  @Test
  void oneThatTheOtherSideResetIsStale() throws IOException {
    others.setSoLinger(true, 0);
    others.close();
    assertTrue(connection.isStale());
  }

  @Test
  void oneThatWasClosedHereIsStale() throws IOException {
    connection.close();
    assertTrue(connection.isStale());
  }

  @Test
  void nothingThatWaitsToBeReadIsLost() throws IOException {
    others.getOutputStream().write(new byte[] {1, 2, 3, 4});
    others.shutdownOutput();
    while (own.getInputStream().available() < 4) {
      Thread.onSpinWait();
    }
    assertFalse(connection.isStale());
  }
}

package dev.chatgate.openai.provider;

import java.io.IOException;
import java.net.Proxy;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.DefaultManagedHttpClientConnection;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A connection that can be asked before each use, without waiting, whether the other side has
 * closed it. The library asks by a read that waits for a millisecond: longer than all else that the
 * gateway adds to a call.
 */
final class KeptConnection extends DefaultManagedHttpClientConnection {
  private @Nullable Socket plain;

  KeptConnection(Http1Config limits) {
    super("provider", null, null, limits, null, null, null, null);
  }

  @Override
  public void bind(Socket socket) throws IOException {
    super.bind(socket);
    plain = socket;
  }

  @Override
  public void bind(SSLSocket secured, Socket socket) throws IOException {
    super.bind(secured, socket);
    plain = socket;
  }

  /**
   * Whether it is of no use any more. What waits to be read is left to the library's own way: under
   * TLS it may be a session ticket.
   */
  @Override
  public boolean isStale() throws IOException {
    var socket = plain;
    var channel = socket == null ? null : socket.getChannel();
    if (socket == null || channel == null || !isOpen()) {
      return super.isStale();
    }
    return socket.getInputStream().available() > 0 ? super.isStale() : readsAnything(channel);
  }

  /** Nothing to read is the good case; else it is the end, or what nobody has asked for. */
  private static boolean readsAnything(SocketChannel idle) {
    try {
      idle.configureBlocking(false);
      try {
        return idle.read(ByteBuffer.allocate(1)) != 0;
      } finally {
        idle.configureBlocking(true);
      }
    } catch (IOException e) {
      return true;
    }
  }

  /** Builds pools whose sockets are channels, which can be read without waiting. */
  static final class PoolBuilder extends PoolingHttpClientConnectionManagerBuilder {
    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
        SchemePortResolver ports, DnsResolver names, TlsSocketStrategy tls) {
      var secured =
          RegistryBuilder.<TlsSocketStrategy>create().register(URIScheme.HTTPS.id, tls).build();
      return new DefaultHttpClientConnectionOperator(PoolBuilder::socket, ports, names, secured);
    }

    private static Socket socket(@Nullable Proxy proxy) throws IOException {
      return proxy == null ? SocketChannel.open().socket() : new Socket(proxy);
    }
  }
}

package dev.chatgate.local.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Response;

/** The response to one request: sent whole, or in chunks that are each sent at once. */
public final class Reply {
  private final EndPoint connection;
  private final Response response;

  Reply(Response response) {
    this.connection = response.getRequest().getConnectionMetaData().getConnection().getEndPoint();
    this.response = response;
  }

  /**
   * Sends a complete response.
   *
   * @param status the HTTP status
   * @param headers without {@code Content-Length}, {@code Date} and {@code Connection}, which are
   *     added
   * @param body not sent if the status or the method forbids a body
   */
  public void send(int status, Headers headers, byte[] body) throws IOException {
    head(status, headers);
    if (allowsBody(status)) {
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    }
    Content.Sink.write(response, true, ByteBuffer.wrap(allowsBody(status) ? body : new byte[0]));
  }

  /**
   * Begins a response of unknown length. Each write is sent at once; closing ends the response.
   *
   * @param status the HTTP status
   * @param headers without the framing, which is added
   */
  public OutputStream stream(int status, Headers headers) throws IOException {
    head(status, headers);
    if (allowsBody(status)
        && response.getRequest().getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1) {
      // Without this, the end of the connection would be the end of a body whenever the client asks
      // for the connection to be closed.
      response.getHeaders().put(HttpHeader.TRANSFER_ENCODING, "chunked");
    }
    Content.Sink.write(response, false, ByteBuffer.allocate(0));
    return Content.Sink.asOutputStream(response);
  }

  /** Resets the connection, so that the client sees an incomplete response. */
  public void cut() {
    try {
      channel().setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      // Closed already.
    }
    connection.close();
  }

  /**
   * Whether the client has reset the connection. Reading would report it only after all bytes that
   * came before; sending TCP's urgent byte fails at once, and the client's socket drops that byte.
   */
  public boolean isReset() {
    try {
      channel().socket().sendUrgentData(0);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** Whether the head of the response has been sent. */
  public boolean begun() {
    return response.isCommitted();
  }

  private SocketChannel channel() {
    return (SocketChannel) connection.getTransport();
  }

  private void head(int status, Headers headers) {
    response.setStatus(status);
    HttpFields.Mutable fields = response.getHeaders();
    for (Header line : headers.lines()) {
      fields.add(line.name(), line.value());
    }
  }

  private static boolean allowsBody(int status) {
    return status >= 200 && status != 204 && status != 304;
  }
}

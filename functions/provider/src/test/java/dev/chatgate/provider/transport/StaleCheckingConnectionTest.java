package dev.chatgate.provider.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.io.CloseMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StaleCheckingConnectionTest {
  private final StaleCheckingConnection connection =
      new StaleCheckingConnection(Http1Config.DEFAULT);
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
    connection.close(CloseMode.IMMEDIATE);
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
  void oneOnWhichBytesWaitThatNoRequestAskedForIsStale() throws IOException {
    others.getOutputStream().write(1);
    assertTrue(connection.isStale());
    assertFalse(connection.isConsistent());
  }

  /** They are in the client's buffer, where the socket does not show them. */
  @Test
  void bytesThatWereReadWithAnAnswerMakeItStale() throws Exception {
    exchange("HTTP/1.1 204 None\r\n\r\nHTTP/1.1 204 None\r\n\r\n");
    assertEquals(0, own.getInputStream().available());
    assertFalse(connection.isConsistent());
    assertTrue(connection.isStale());
  }

  @Test
  void afterAnAnswerItIsGood() throws Exception {
    exchange("HTTP/1.1 204 None\r\n\r\n");
    assertTrue(connection.isConsistent());
    assertFalse(connection.isStale());
  }

  private void exchange(String answer) throws IOException, HttpException {
    send();
    read("{}");
    others.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    assertEquals(204, connection.receiveResponseHeader().getCode());
  }

  private void send() throws IOException, HttpException {
    send(new byte[] {'{', '}'});
  }

  private void send(byte[] body) throws IOException, HttpException {
    var request = new BasicClassicHttpRequest("POST", "/");
    request.setHeader("content-length", body.length);
    request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
    connection.sendRequestHeader(request);
    connection.sendRequestEntity(request);
    connection.flush();
  }

  @Test
  void anAnswerThatIsThereBeforeItsRequestIsNone() throws IOException {
    others.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThrows(NotReceivedException.class, this::send);
    var get = new BasicClassicHttpRequest("GET", "/");
    assertThrows(NotReceivedException.class, () -> connection.sendRequestHeader(get));
    others.setSoTimeout(1);
    assertThrows(SocketTimeoutException.class, () -> others.getInputStream().read());
  }

  /** The end of the connection and the request cross. */
  @Test
  void aRequestThatCameAfterTheEndOfTheConnectionWasNotReceived() throws Exception {
    others.close();
    send();
    var lost = assertThrows(NotReceivedException.class, connection::receiveResponseHeader);
    assertFalse(lost.onReusedConnection());
  }

  @Test
  void aRequestThatWasReadBeforeTheEndOfTheConnectionMayHaveBeenWorkedOn() throws Exception {
    send();
    read("{}");
    others.close();
    assertThrows(NoHttpResponseException.class, connection::receiveResponseHeader);
  }

  /** A time limit passes while the end of the connection is looked into. */
  @Test
  void aConnectionThatIsClosedHereMeanwhileProvesNothing() throws Exception {
    send();
    read("{}");
    others.close();
    var thrown = new AtomicReference<Throwable>();
    var receiving =
        new Thread(
            () -> thrown.set(assertThrows(IOException.class, connection::receiveResponseHeader)));
    receiving.start();
    while (receiving.getState() != Thread.State.TIMED_WAITING && receiving.isAlive()) {
      Thread.onSpinWait();
    }
    connection.close(CloseMode.IMMEDIATE);
    receiving.join();
    assertInstanceOf(NoHttpResponseException.class, thrown.get());
  }

  /** A reset alone does not tell whether the request was read. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRequestThatIsAnsweredByAResetMayHaveBeenWorkedOn(boolean read) throws Exception {
    send();
    if (read) {
      read("{}");
    }
    others.setSoLinger(true, 0);
    others.close();
    assertThrows(SocketException.class, connection::receiveResponseHeader);
  }

  @Test
  void aRequestThatCouldNotBeWrittenWasNotReceived() throws Exception {
    others.setSoLinger(true, 0);
    others.close();
    assertThrows(NotReceivedException.class, () -> send(new byte[10_000_000]));
  }

  @Test
  void aRequestOfWhichAPartIsUnsentWasNotReceived() throws Exception {
    var reader =
        Thread.startVirtualThread(() -> {
          try (var reading = others) {
            var _ = reading.getInputStream().readNBytes(100_000);
            reading.setSoLinger(true, 0);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    assertThrows(NotReceivedException.class, () -> send(new byte[50_000_000]));
    reader.join();
  }

  @Test
  void theSecondRequestIsOnAReusedConnection() throws Exception {
    exchange("HTTP/1.1 204 None\r\n\r\n");
    assertFalse(connection.isReused());
    others.close();
    send();
    var lost = assertThrows(NotReceivedException.class, connection::receiveResponseHeader);
    assertTrue(lost.onReusedConnection());
  }

  private void read(String end) throws IOException {
    var came = new StringBuilder();
    while (!came.toString().endsWith(end)) {
      came.append((char) others.getInputStream().read());
    }
  }
}

package dev.chatgate.local.door;

import dev.chatgate.local.http.Header;
import dev.chatgate.local.http.Headers;
import dev.chatgate.local.http.Reply;
import dev.chatgate.local.lambda.Failure;
import dev.chatgate.local.lambda.Receiver;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The response of a streaming function URL: decodes the prelude and passes on every chunk at once.
 * The head is sent with the first byte of the body, so a function that fails between the two still
 * becomes a 502. If the client disconnects, the rest of the function's bytes is discarded.
 */
final class StreamedResponse implements Receiver {
  private static final String WITH_PRELUDE = "application/vnd.awslambda.http-integration-response";

  private final Reply reply;
  private final Headers own;
  private final CompletableFuture<Boolean> finished = new CompletableFuture<>();
  private final PreludeSplitter splitter = new PreludeSplitter();
  private Optional<FunctionResponse> head = Optional.empty();
  private Optional<OutputStream> body = Optional.empty();
  private boolean malformed;
  private boolean disconnected;
  private volatile boolean streaming;

  /**
   * @param reply the client
   * @param own headers that AWS adds
   */
  StreamedResponse(Reply reply, Headers own) {
    this.reply = reply;
    this.own = own;
  }

  /** Waits for the end of the response. */
  void await() {
    finished.join();
  }

  @Override
  public void answered(byte[] payload) {
    began("application/json");
    chunk(payload, 0, payload.length);
    ended();
  }

  @Override
  public synchronized void began(String contentType) {
    if (!contentType.startsWith(WITH_PRELUDE)) {
      String type = contentType.isEmpty() ? "application/octet-stream" : contentType;
      head = Optional.of(new FunctionResponse(200, Headers.of("Content-Type", type), new byte[0]));
    }
  }

  @Override
  public synchronized void chunk(byte[] bytes, int offset, int length) {
    if (malformed || disconnected) {
      return;
    }
    if (head.isPresent()) {
      write(bytes, offset, length);
      return;
    }
    Optional<Integer> end = splitter.read(bytes, offset, length);
    if (end.isPresent()) {
      head = FunctionResponse.ofPrelude(splitter.prelude());
      malformed = head.isEmpty();
      int rest = offset + length - end.get();
      if (rest > 0) {
        write(bytes, end.get(), rest);
      }
    } else {
      malformed = splitter.tooLong();
    }
  }

  @Override
  public synchronized void ended() {
    if (head.isEmpty()) {
      failed(Failure.FUNCTION_ERROR);
      return;
    }
    finish(() -> {
      if (body.isPresent()) {
        body.get().close();
      } else {
        reply.send(head.get().status(), headers(head.get()), new byte[0]);
      }
    });
  }

  /** A write that waits for the client holds the lock; closing the connection ends the write. */
  @Override
  public void failed(Failure why) {
    if (streaming) {
      reply.cut();
    }
    end(why);
  }

  private synchronized void end(Failure why) {
    if (body.isPresent()) {
      finish(reply::cut);
      return;
    }
    boolean throttled = why == Failure.THROTTLED;
    var answer = throttled ? AwsErrorResponse.URL_THROTTLED : AwsErrorResponse.URL_FUNCTION_FAILED;
    finish(() -> answer.send(reply, own));
  }

  private void write(byte[] bytes, int offset, int length) {
    if (head.isEmpty() || disconnected) {
      return;
    }
    try {
      if (body.isEmpty()) {
        streaming = true;
        body = Optional.of(reply.stream(head.get().status(), headers(head.get())));
      }
      body.get().write(bytes, offset, length);
    } catch (IOException e) {
      disconnected = true;
    }
  }

  private Headers headers(FunctionResponse answer) {
    Headers headers = answer.headers();
    for (Header line : own.lines()) {
      headers = headers.with(line.name(), line.value());
    }
    return headers;
  }

  private void finish(Ending ending) {
    try {
      if (!disconnected) {
        ending.run();
      }
    } catch (IOException e) {
      disconnected = true;
    } finally {
      finished.complete(true);
    }
  }

  private interface Ending {
    void run() throws IOException;
  }
}

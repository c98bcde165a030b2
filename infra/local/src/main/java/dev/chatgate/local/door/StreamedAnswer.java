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
 * The answer of a streaming function URL: the prelude decoded, every chunk passed on as it comes.
 * The head leaves with the first byte of the body, so a function that fails between the two still
 * becomes a 502. A client that left changes nothing: the function's bytes go nowhere.
 */
final class StreamedAnswer implements Receiver {
  private static final String WITH_PRELUDE = "application/vnd.awslambda.http-integration-response";

  private final Reply reply;
  private final Headers own;
  private final CompletableFuture<Boolean> over = new CompletableFuture<>();
  private final PreludeSplitter splitter = new PreludeSplitter();
  private Optional<Answer> head = Optional.empty();
  private Optional<OutputStream> body = Optional.empty();
  private boolean malformed;
  private boolean clientLeft;
  private volatile boolean streaming;

  /**
   * @param reply the client
   * @param own headers that AWS adds
   */
  StreamedAnswer(Reply reply, Headers own) {
    this.reply = reply;
    this.own = own;
  }

  /** Waits until nothing more will come. */
  void await() {
    over.join();
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
      head = Optional.of(new Answer(200, Headers.of("Content-Type", type), new byte[0]));
    }
  }

  @Override
  public synchronized void chunk(byte[] bytes, int offset, int length) {
    if (malformed || clientLeft) {
      return;
    }
    if (head.isPresent()) {
      write(bytes, offset, length);
      return;
    }
    Optional<Integer> end = splitter.read(bytes, offset, length);
    if (end.isPresent()) {
      head = Answer.ofPrelude(splitter.prelude());
      malformed = head.isEmpty();
      int rest = offset + length - end.get();
      if (rest > 0) {
        write(bytes, end.get(), rest);
      }
    } else {
      malformed = splitter.hopeless();
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

  /** A write that waits for the client has the lock, and only the end of the connection ends it. */
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
    var answer = throttled ? AwsAnswers.URL_THROTTLED : AwsAnswers.URL_FUNCTION_FAILED;
    finish(() -> answer.send(reply, own));
  }

  private void write(byte[] bytes, int offset, int length) {
    if (head.isEmpty() || clientLeft) {
      return;
    }
    try {
      if (body.isEmpty()) {
        streaming = true;
        body = Optional.of(reply.stream(head.get().status(), headers(head.get())));
      }
      body.get().write(bytes, offset, length);
    } catch (IOException e) {
      clientLeft = true;
    }
  }

  private Headers headers(Answer answer) {
    Headers headers = answer.headers();
    for (Header line : own.lines()) {
      headers = headers.with(line.name(), line.value());
    }
    return headers;
  }

  private void finish(Ending ending) {
    try {
      if (!clientLeft) {
        ending.run();
      }
    } catch (IOException e) {
      clientLeft = true;
    } finally {
      over.complete(true);
    }
  }

  private interface Ending {
    void run() throws IOException;
  }
}

package dev.chatgate.provider;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what a tenant would get, and fails the test where the order of calls is wrong. */
public final class RecordingSink implements AnswerSink {
  final LinkedBlockingQueue<String> arrivals = new LinkedBlockingQueue<>();
  final CountDownLatch ended = new CountDownLatch(1);
  private final List<byte[]> writes = new ArrayList<>();
  private int status;
  private Map<String, String> headers = Map.of();
  private boolean over;

  @Override
  public synchronized void head(int newStatus, Map<String, String> newHeaders) {
    require(status == 0 && !over, "a second head");
    status = newStatus;
    headers = newHeaders;
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    require(status != 0 && !over, "a write outside the answer");
    require(length > 0, "an empty write");
    byte[] copy = Arrays.copyOfRange(bytes, offset, offset + length);
    writes.add(copy);
    arrivals.add(new String(copy, StandardCharsets.UTF_8));
  }

  @Override
  public synchronized void end() {
    require(status != 0 && !over, "an end outside the answer");
    over = true;
    ended.countDown();
  }

  private static void require(boolean ok, String what) {
    if (!ok) {
      throw new IllegalStateException(what);
    }
  }

  /** The next write; waits for it. */
  public String nextWrite() throws InterruptedException {
    var next = arrivals.poll(30, TimeUnit.SECONDS);
    if (next == null) {
      throw new IllegalStateException("nothing was written");
    }
    return next;
  }

  public synchronized int status() {
    return status;
  }

  public synchronized Map<String, String> headers() {
    return headers;
  }

  public synchronized boolean over() {
    return over;
  }

  public synchronized List<byte[]> writes() {
    return List.copyOf(writes);
  }

  public synchronized byte[] bytes() {
    var out = new ByteArrayOutputStream();
    writes.forEach(out::writeBytes);
    return out.toByteArray();
  }

  public String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }
}

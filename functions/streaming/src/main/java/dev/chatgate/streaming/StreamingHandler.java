package dev.chatgate.streaming;

/**
 * A function that writes its answer while it works.
 *
 * <p>The runtime makes one instance, by the public constructor without parameters, and uses it for
 * every invocation. Where {@code AWS_LAMBDA_MAX_CONCURRENCY} is set, several threads are in it at
 * once.
 */
@FunctionalInterface
public interface StreamingHandler {

  /**
   * Answers one invocation. It may go on working after {@link ResponseChannel#end()}: the client
   * has its whole answer then, and the next invocation is asked for only when this method returns.
   *
   * @param request the invocation's payload as it came, UTF-8 JSON on Lambda
   * @param context what the Runtime API says of this invocation
   * @param response where the answer goes; of no use after this method has returned
   * @throws Exception any failure. Before the first byte is out it becomes an error of the
   *     invocation (a function URL answers 502), after it the answer is cut with error trailers,
   *     and after the end it is logged. Only class names and stack frames leave the process, never
   *     an exception's message
   */
  void handle(byte[] request, InvocationContext context, ResponseChannel response) throws Exception;
}

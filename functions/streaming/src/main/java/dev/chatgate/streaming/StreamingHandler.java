package dev.chatgate.streaming;

/**
 * A function that writes its answer while it works.
 *
 * <p>The runtime creates one instance with the public constructor without parameters and uses it
 * for every invocation. If {@code AWS_LAMBDA_MAX_CONCURRENCY} is set, several threads call it at
 * once.
 */
@FunctionalInterface
public interface StreamingHandler {

  /**
   * Answers one invocation. It may go on working after {@link ResponseWriter#end()}: the client has
   * its complete answer then, and the next invocation is fetched only after this method returns.
   *
   * @param request the invocation's payload, unchanged; UTF-8 JSON on Lambda
   * @param context metadata of this invocation
   * @param response receives the answer; must not be used after this method has returned
   * @throws Exception any failure. Before the first byte it is reported as an error of the
   *     invocation (a function URL answers 502). After the first byte the answer is cut with error
   *     trailers. After the end it is logged. Only class names and stack frames are reported, never
   *     an exception's message
   */
  void handle(byte[] request, InvocationContext context, ResponseWriter response) throws Exception;
}

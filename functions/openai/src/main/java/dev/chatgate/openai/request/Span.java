package dev.chatgate.openai.request;

/**
 * A stretch of the body, in bytes.
 *
 * @param start the first byte
 * @param end the byte after the last
 */
record Span(int start, int end) {}

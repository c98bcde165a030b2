package dev.chatgate.openai.json;

/**
 * A stretch of the body, in bytes.
 *
 * @param start the first byte
 * @param end the byte after the last
 */
public record Span(int start, int end) {}

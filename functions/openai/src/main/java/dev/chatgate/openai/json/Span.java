package dev.chatgate.openai.json;

/**
 * A stretch of bytes of a JSON text.
 *
 * @param from index of the first byte
 * @param to index of the byte after the last
 */
public record Span(int from, int to) {}

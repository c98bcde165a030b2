package dev.chatgate.provider.answer;

/**
 * A stretch of bytes.
 *
 * @param from its first byte
 * @param to the byte behind its last
 */
record Span(int from, int to) {}

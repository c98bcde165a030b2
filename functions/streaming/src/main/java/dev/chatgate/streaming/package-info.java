/**
 * A streaming Lambda runtime for Java. It replaces AWS's main class, polls the Runtime API in a
 * loop, and calls a handler that can write its answer piece by piece.
 *
 * <p>A function needs three of these types: {@link dev.chatgate.streaming.StreamingHandler}, {@link
 * dev.chatgate.streaming.ResponseWriter} and {@link dev.chatgate.streaming.InvocationContext}.
 */
@NullMarked
package dev.chatgate.streaming;

import org.jspecify.annotations.NullMarked;

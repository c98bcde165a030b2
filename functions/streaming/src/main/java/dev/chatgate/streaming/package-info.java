/**
 * A Lambda runtime for Java that streams: its own main class in the place of AWS's, a loop over the
 * Runtime API, and a handler that writes its answer while it works.
 *
 * <p>A function needs three of these types: {@link dev.chatgate.streaming.StreamingHandler}, {@link
 * dev.chatgate.streaming.ResponseChannel} and {@link dev.chatgate.streaming.InvocationContext}.
 */
@NullMarked
package dev.chatgate.streaming;

import org.jspecify.annotations.NullMarked;

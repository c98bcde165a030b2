/** Server-sent events. */
@NullMarked
package dev.chatgate.openai.sse;

import org.jspecify.annotations.NullMarked;

/** Counting tokens before (or instead of) a provider that says how many there were. */
@NullMarked
package dev.chatgate.openai.tokens;

import org.jspecify.annotations.NullMarked;

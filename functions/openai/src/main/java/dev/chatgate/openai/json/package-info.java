/** Byte ranges of JSON and edits of them. */
@NullMarked
package dev.chatgate.openai.json;

import org.jspecify.annotations.NullMarked;

/** Chat completions. */
@NullMarked
package dev.chatgate.openai.operation.chat;

import org.jspecify.annotations.NullMarked;

/** Error codes and their JSON. */
@NullMarked
package dev.chatgate.openai.error;

import org.jspecify.annotations.NullMarked;

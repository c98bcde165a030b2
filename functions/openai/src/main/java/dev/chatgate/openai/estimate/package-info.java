/** How many tokens a prompt has, media included. */
@NullMarked
package dev.chatgate.openai.estimate;

import org.jspecify.annotations.NullMarked;

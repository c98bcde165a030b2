@NullMarked
package dev.chatgate.openai.estimate;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.chatgate.openai.operation;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.chatgate.openai.provider;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.chatgate.openai.json;

import org.jspecify.annotations.NullMarked;

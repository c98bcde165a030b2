@NullMarked
package dev.chatgate.provider.answer;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.chatgate.usage;

import org.jspecify.annotations.NullMarked;

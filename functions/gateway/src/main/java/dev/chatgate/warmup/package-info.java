@NullMarked
package dev.chatgate.warmup;

import org.jspecify.annotations.NullMarked;

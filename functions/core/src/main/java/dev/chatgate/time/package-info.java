@NullMarked
package dev.chatgate.time;

import org.jspecify.annotations.NullMarked;

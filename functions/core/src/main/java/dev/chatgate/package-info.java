@NullMarked
package dev.chatgate;

import org.jspecify.annotations.NullMarked;

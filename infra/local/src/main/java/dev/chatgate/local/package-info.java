@NullMarked
package dev.chatgate.local;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.chatgate.quota;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.chatgate.local.tiny;

import org.jspecify.annotations.NullMarked;

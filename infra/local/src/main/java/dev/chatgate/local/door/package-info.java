@NullMarked
package dev.chatgate.local.door;

import org.jspecify.annotations.NullMarked;

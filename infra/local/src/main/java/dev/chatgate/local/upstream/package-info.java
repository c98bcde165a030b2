/** The built-in fake provider of the local stack. */
@NullMarked
package dev.chatgate.local.upstream;

import org.jspecify.annotations.NullMarked;

/** A value in memory that is read anew when it grows old. */
@NullMarked
package dev.chatgate.cache;

import org.jspecify.annotations.NullMarked;

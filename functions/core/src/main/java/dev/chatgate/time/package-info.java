/** The store's clock, pauses and back-off. */
@NullMarked
package dev.chatgate.time;

import org.jspecify.annotations.NullMarked;

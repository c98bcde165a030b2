/** The deployable gateway: two entries, the order of checks, the life of a call. */
@NullMarked
package dev.chatgate.gateway.entry;

import org.jspecify.annotations.NullMarked;

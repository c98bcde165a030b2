/** The Lambda handlers: one file for each door, and the parser of their events. */
@NullMarked
package dev.chatgate.gateway.entry;

import org.jspecify.annotations.NullMarked;

/** Calls through a door, and the command that makes one. */
@NullMarked
package dev.chatgate.cli.trial;

import org.jspecify.annotations.NullMarked;

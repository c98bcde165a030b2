/** The command that makes one call through a door. */
@NullMarked
package dev.chatgate.cli.trial;

import org.jspecify.annotations.NullMarked;

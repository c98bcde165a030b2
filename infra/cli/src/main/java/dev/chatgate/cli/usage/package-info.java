/** The commands of what was used. */
@NullMarked
package dev.chatgate.cli.usage;

import org.jspecify.annotations.NullMarked;

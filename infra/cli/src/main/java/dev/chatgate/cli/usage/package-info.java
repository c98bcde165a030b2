/** Commands for usage: reports, following calls, corrections. */
@NullMarked
package dev.chatgate.cli.usage;

import org.jspecify.annotations.NullMarked;

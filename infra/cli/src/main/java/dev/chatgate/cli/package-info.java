/** The operator's command line. */
@NullMarked
package dev.chatgate.cli;

import org.jspecify.annotations.NullMarked;

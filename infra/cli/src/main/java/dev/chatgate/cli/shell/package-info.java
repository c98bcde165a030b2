/** What is around a command: streams, terminal, clock, exit codes. */
@NullMarked
package dev.chatgate.cli.shell;

import org.jspecify.annotations.NullMarked;

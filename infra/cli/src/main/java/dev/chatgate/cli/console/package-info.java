/** What all commands share of the console: streams, prompts, progress, exit codes. */
@NullMarked
package dev.chatgate.cli.console;

import org.jspecify.annotations.NullMarked;

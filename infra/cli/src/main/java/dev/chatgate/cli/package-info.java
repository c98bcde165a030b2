/** The operator's command line: one package per group of commands. */
@NullMarked
package dev.chatgate.cli;

import org.jspecify.annotations.NullMarked;

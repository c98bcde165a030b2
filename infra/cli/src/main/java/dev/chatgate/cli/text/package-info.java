/** Tables and JSON as the command line prints them. */
@NullMarked
package dev.chatgate.cli.text;

import org.jspecify.annotations.NullMarked;

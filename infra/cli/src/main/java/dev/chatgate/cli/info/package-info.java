/** The command that shows a deployment. */
@NullMarked
package dev.chatgate.cli.info;

import org.jspecify.annotations.NullMarked;

/** The command that checks an account before a deployment, and a deployment after it. */
@NullMarked
package dev.chatgate.cli.doctor;

import org.jspecify.annotations.NullMarked;

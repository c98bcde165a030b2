/** The deployment that a line names, and what works on it. */
@NullMarked
package dev.chatgate.cli.deployment;

import org.jspecify.annotations.NullMarked;

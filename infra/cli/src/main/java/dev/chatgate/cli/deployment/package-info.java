/** The deployment that a command works on, and access to its AWS resources. */
@NullMarked
package dev.chatgate.cli.deployment;

import org.jspecify.annotations.NullMarked;

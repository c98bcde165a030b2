/** Commands for the end users of a tenant. */
@NullMarked
package dev.chatgate.cli.user;

import org.jspecify.annotations.NullMarked;

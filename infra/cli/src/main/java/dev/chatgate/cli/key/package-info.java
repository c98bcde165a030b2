/** Commands for tenants' keys. */
@NullMarked
package dev.chatgate.cli.key;

import org.jspecify.annotations.NullMarked;

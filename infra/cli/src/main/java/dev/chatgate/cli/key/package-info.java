/** The commands of tenants' keys. */
@NullMarked
package dev.chatgate.cli.key;

import org.jspecify.annotations.NullMarked;

/** Commands for tenants. */
@NullMarked
package dev.chatgate.cli.tenant;

import org.jspecify.annotations.NullMarked;

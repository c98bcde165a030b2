/** A tenant, its keys and its limits. */
@NullMarked
package dev.chatgate.tenant;

import org.jspecify.annotations.NullMarked;

/** A metered call from its body to its settlement. */
@NullMarked
package dev.chatgate.gateway.call;

import org.jspecify.annotations.NullMarked;

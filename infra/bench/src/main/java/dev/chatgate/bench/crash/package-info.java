/** Function instances killed under load. */
@NullMarked
package dev.chatgate.bench.crash;

import org.jspecify.annotations.NullMarked;

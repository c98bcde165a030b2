/** Token counts, prices, usage records, and the rows of closed days. */
@NullMarked
package dev.chatgate.usage;

import org.jspecify.annotations.NullMarked;

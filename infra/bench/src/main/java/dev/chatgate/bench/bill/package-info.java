/** The cost of a million calls. */
@NullMarked
package dev.chatgate.bench.bill;

import org.jspecify.annotations.NullMarked;

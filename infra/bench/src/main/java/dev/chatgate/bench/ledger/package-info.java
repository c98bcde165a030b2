/** The ledger under load. */
@NullMarked
package dev.chatgate.bench.ledger;

import org.jspecify.annotations.NullMarked;

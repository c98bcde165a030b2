/** Commands that audit and reconcile the ledger. */
@NullMarked
package dev.chatgate.cli.ledger;

import org.jspecify.annotations.NullMarked;

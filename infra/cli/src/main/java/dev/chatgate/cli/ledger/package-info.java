/** The commands that look after the ledger. */
@NullMarked
package dev.chatgate.cli.ledger;

import org.jspecify.annotations.NullMarked;

/** The ledger's interface: claim, admission, reservation, refusal. */
@NullMarked
package dev.chatgate.quota;

import org.jspecify.annotations.NullMarked;

/** Settles calls that were not settled by their function. */
@NullMarked
package dev.chatgate.quota.reconcile;

import org.jspecify.annotations.NullMarked;

/** Compares counters with records. */
@NullMarked
package dev.chatgate.quota.audit;

import org.jspecify.annotations.NullMarked;

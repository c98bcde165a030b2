/** The conditional write that admits a call. */
@NullMarked
package dev.chatgate.quota.admit;

import org.jspecify.annotations.NullMarked;

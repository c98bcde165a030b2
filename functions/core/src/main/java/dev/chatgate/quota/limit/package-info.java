/** One class for each kind of limit. */
@NullMarked
package dev.chatgate.quota.limit;

import org.jspecify.annotations.NullMarked;

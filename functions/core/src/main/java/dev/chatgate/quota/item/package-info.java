/** The quota item as it is stored, and writes to it as data. */
@NullMarked
package dev.chatgate.quota.item;

import org.jspecify.annotations.NullMarked;

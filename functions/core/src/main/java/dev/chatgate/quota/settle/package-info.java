/** The record of a call and the write that settles it. */
@NullMarked
package dev.chatgate.quota.settle;

import org.jspecify.annotations.NullMarked;

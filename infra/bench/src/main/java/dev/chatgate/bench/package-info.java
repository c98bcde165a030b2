/** Measurements that anyone can repeat, and the results of those that were kept. */
@NullMarked
package dev.chatgate.bench;

import org.jspecify.annotations.NullMarked;

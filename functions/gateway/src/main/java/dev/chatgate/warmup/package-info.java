/**
 * Hooks around a snapshot of the process (SnapStart): warm-up before it, prefetch after a restore.
 */
@NullMarked
package dev.chatgate.warmup;

import org.jspecify.annotations.NullMarked;

/** What is done around a snapshot of the process (SnapStart). */
@NullMarked
package dev.chatgate.warmup;

import org.jspecify.annotations.NullMarked;

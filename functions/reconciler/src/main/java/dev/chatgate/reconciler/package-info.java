/** Deployable: settles what died, on a schedule. */
@NullMarked
package dev.chatgate.reconciler;

import org.jspecify.annotations.NullMarked;

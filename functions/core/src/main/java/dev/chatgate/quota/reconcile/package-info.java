@NullMarked
package dev.chatgate.quota.reconcile;

import org.jspecify.annotations.NullMarked;

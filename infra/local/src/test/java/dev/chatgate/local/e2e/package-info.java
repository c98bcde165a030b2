/** Tests through the doors, over the packages that are deployed. */
@NullMarked
package dev.chatgate.local.e2e;

import org.jspecify.annotations.NullMarked;

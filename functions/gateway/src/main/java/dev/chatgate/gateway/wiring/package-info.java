/** Dependency injection. */
@NullMarked
package dev.chatgate.gateway.wiring;

import org.jspecify.annotations.NullMarked;

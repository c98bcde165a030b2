/** A call to a provider, and its outcome. */
@NullMarked
package dev.chatgate.provider;

import org.jspecify.annotations.NullMarked;

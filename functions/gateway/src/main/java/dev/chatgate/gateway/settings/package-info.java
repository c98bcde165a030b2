/** Settings from environment variables. */
@NullMarked
package dev.chatgate.gateway.settings;

import org.jspecify.annotations.NullMarked;

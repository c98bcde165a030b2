/** One request with its response. */
@NullMarked
package dev.chatgate.gateway.exchange;

import org.jspecify.annotations.NullMarked;

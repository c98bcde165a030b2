/** One request with its response and log line. */
@NullMarked
package dev.chatgate.gateway.exchange;

import org.jspecify.annotations.NullMarked;

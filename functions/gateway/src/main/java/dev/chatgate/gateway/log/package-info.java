/** The log line of a call. */
@NullMarked
package dev.chatgate.gateway.log;

import org.jspecify.annotations.NullMarked;

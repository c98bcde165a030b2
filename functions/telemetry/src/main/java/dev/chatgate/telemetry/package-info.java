/** The log line of a call, and its metrics. */
@NullMarked
package dev.chatgate.telemetry;

import org.jspecify.annotations.NullMarked;

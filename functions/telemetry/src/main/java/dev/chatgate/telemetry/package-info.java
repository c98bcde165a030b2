/** The JSON log line, and the list of metrics. */
@NullMarked
package dev.chatgate.telemetry;

import org.jspecify.annotations.NullMarked;

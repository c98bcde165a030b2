@NullMarked
package dev.chatgate.telemetry;

import org.jspecify.annotations.NullMarked;

/** Connections, time limits, compression. */
@NullMarked
package dev.chatgate.provider.transport;

import org.jspecify.annotations.NullMarked;

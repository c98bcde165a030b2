/** The client matrix: what each client library makes of every answer that the gateway gives. */
@NullMarked
package dev.chatgate.clients;

import org.jspecify.annotations.NullMarked;

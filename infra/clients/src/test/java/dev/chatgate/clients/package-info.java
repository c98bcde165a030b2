/** The client matrix: runs client libraries against every kind of answer of the gateway. */
@NullMarked
package dev.chatgate.clients;

import org.jspecify.annotations.NullMarked;

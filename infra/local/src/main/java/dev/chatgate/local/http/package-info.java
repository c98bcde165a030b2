/** The HTTP server of the local doors. */
@NullMarked
package dev.chatgate.local.http;

import org.jspecify.annotations.NullMarked;

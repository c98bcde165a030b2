/** Request, response channel, routes, CORS. */
@NullMarked
package dev.chatgate.gateway.http;

import org.jspecify.annotations.NullMarked;

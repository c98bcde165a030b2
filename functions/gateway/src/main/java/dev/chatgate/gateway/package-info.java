/** The order in which a request is checked. */
@NullMarked
package dev.chatgate.gateway;

import org.jspecify.annotations.NullMarked;

/** The page on which a person tries the gateway. */
@NullMarked
package dev.chatgate.gateway.page;

import org.jspecify.annotations.NullMarked;

/** Models, usage, and the API document. */
@NullMarked
package dev.chatgate.gateway.account;

import org.jspecify.annotations.NullMarked;

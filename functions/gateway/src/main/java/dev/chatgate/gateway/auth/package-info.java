/** Authentication of callers: one authenticator for each kind of credential. */
@NullMarked
package dev.chatgate.gateway.auth;

import org.jspecify.annotations.NullMarked;

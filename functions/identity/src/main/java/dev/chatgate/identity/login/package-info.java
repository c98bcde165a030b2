/** JSON Web Tokens of an app's own login (RFC 7519, RFC 8725). */
@NullMarked
package dev.chatgate.identity.login;

import org.jspecify.annotations.NullMarked;

/** The stored key sets with which the tokens of logins are verified. */
@NullMarked
package dev.chatgate.keyset;

import org.jspecify.annotations.NullMarked;

/** The provider key. */
@NullMarked
package dev.chatgate.secret;

import org.jspecify.annotations.NullMarked;

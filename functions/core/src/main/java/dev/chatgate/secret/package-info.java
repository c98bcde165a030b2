/** The provider key, and the deployment's signing secret. */
@NullMarked
package dev.chatgate.secret;

import org.jspecify.annotations.NullMarked;

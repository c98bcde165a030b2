/** The secret with the provider key. */
@NullMarked
package dev.chatgate.aws.secret;

import org.jspecify.annotations.NullMarked;

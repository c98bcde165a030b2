/** The secrets: the provider key, and the signing secret. */
@NullMarked
package dev.chatgate.aws.secret;

import org.jspecify.annotations.NullMarked;

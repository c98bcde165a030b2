/** Search for provider keys in everything that is passed on. */
@NullMarked
package dev.chatgate.provider.redaction;

import org.jspecify.annotations.NullMarked;

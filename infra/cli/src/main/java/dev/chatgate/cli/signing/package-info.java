/** {@code chatgate signing-key}. */
@NullMarked
package dev.chatgate.cli.signing;

import org.jspecify.annotations.NullMarked;

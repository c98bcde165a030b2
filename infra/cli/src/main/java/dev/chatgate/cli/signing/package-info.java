/** {@code chatgate signing-key} and {@code chatgate edge-secret}. */
@NullMarked
package dev.chatgate.cli.signing;

import org.jspecify.annotations.NullMarked;

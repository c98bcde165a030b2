/** Commands for the provider key. */
@NullMarked
package dev.chatgate.cli.provider;

import org.jspecify.annotations.NullMarked;

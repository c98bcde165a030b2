/** The commands of the provider's key. */
@NullMarked
package dev.chatgate.cli.provider;

import org.jspecify.annotations.NullMarked;

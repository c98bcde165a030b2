/** The commands of prices. */
@NullMarked
package dev.chatgate.cli.price;

import org.jspecify.annotations.NullMarked;

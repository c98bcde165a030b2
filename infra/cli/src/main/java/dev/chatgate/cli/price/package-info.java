/** Commands for prices. */
@NullMarked
package dev.chatgate.cli.price;

import org.jspecify.annotations.NullMarked;

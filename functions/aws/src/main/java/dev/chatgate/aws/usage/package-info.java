/** The Usage table and the prices. */
@NullMarked
package dev.chatgate.aws.usage;

import org.jspecify.annotations.NullMarked;

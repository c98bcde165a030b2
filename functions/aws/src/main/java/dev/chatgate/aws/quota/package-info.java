/** The Quota table. */
@NullMarked
package dev.chatgate.aws.quota;

import org.jspecify.annotations.NullMarked;

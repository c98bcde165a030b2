/** One call: attempts, key rotation, retries. */
@NullMarked
package dev.chatgate.provider.call;

import org.jspecify.annotations.NullMarked;

/** What every package may use: request ids, failures of the store, work in the background. */
@NullMarked
package dev.chatgate;

import org.jspecify.annotations.NullMarked;

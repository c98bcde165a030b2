/** Small functions that the tests package and run in the local Lambda. */
@NullMarked
package dev.chatgate.local.tiny;

import org.jspecify.annotations.NullMarked;

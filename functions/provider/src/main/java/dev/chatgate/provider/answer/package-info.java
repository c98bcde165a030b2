/** Forwarding and reading of answers, and of errors in them. */
@NullMarked
package dev.chatgate.provider.answer;

import org.jspecify.annotations.NullMarked;

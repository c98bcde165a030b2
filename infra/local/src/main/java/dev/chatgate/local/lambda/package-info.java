@NullMarked
package dev.chatgate.local.lambda;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.chatgate.checks;

import org.jspecify.annotations.NullMarked;

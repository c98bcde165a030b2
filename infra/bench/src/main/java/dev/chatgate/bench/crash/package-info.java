@NullMarked
package dev.chatgate.bench.crash;

import org.jspecify.annotations.NullMarked;

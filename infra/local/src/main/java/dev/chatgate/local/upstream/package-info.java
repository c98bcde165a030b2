@NullMarked
package dev.chatgate.local.upstream;

import org.jspecify.annotations.NullMarked;

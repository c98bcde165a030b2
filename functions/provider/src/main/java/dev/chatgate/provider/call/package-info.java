@NullMarked
package dev.chatgate.provider.call;

import org.jspecify.annotations.NullMarked;

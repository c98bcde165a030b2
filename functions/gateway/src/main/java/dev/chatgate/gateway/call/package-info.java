@NullMarked
package dev.chatgate.gateway.call;

import org.jspecify.annotations.NullMarked;

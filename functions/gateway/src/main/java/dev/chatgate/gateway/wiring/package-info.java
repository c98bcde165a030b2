@NullMarked
package dev.chatgate.gateway.wiring;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.chatgate.gateway.log;

import org.jspecify.annotations.NullMarked;

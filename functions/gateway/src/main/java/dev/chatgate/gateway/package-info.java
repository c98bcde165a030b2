@NullMarked
package dev.chatgate.gateway;

import org.jspecify.annotations.NullMarked;

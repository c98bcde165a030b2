@NullMarked
package dev.chatgate.gateway.settings;

import org.jspecify.annotations.NullMarked;

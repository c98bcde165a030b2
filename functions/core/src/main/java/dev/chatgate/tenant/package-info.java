@NullMarked
package dev.chatgate.tenant;

import org.jspecify.annotations.NullMarked;

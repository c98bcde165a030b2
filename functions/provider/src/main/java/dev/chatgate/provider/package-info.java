@NullMarked
package dev.chatgate.provider;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.chatgate.quota.admit;

import org.jspecify.annotations.NullMarked;

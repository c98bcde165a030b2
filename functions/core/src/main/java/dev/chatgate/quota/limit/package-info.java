@NullMarked
package dev.chatgate.quota.limit;

import org.jspecify.annotations.NullMarked;

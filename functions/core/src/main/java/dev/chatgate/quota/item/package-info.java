@NullMarked
package dev.chatgate.quota.item;

import org.jspecify.annotations.NullMarked;

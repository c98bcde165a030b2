@NullMarked
package dev.chatgate.quota.settle;

import org.jspecify.annotations.NullMarked;

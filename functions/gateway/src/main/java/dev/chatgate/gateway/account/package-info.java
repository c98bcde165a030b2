@NullMarked
package dev.chatgate.gateway.account;

import org.jspecify.annotations.NullMarked;

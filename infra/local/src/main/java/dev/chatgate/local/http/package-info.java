@NullMarked
package dev.chatgate.local.http;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.chatgate.local.template;

import org.jspecify.annotations.NullMarked;

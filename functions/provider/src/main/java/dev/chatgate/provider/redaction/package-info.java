@NullMarked
package dev.chatgate.provider.redaction;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.chatgate.local.aws;

import org.jspecify.annotations.NullMarked;

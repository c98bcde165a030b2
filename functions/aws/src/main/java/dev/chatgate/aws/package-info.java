@NullMarked
package dev.chatgate.aws;

import org.jspecify.annotations.NullMarked;

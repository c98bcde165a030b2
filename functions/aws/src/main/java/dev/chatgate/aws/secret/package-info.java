@NullMarked
package dev.chatgate.aws.secret;

import org.jspecify.annotations.NullMarked;

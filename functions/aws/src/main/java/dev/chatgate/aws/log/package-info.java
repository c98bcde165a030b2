@NullMarked
package dev.chatgate.aws.log;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.chatgate.aws.tenant;

import org.jspecify.annotations.NullMarked;

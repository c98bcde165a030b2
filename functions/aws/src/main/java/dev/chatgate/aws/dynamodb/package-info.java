@NullMarked
package dev.chatgate.aws.dynamodb;

import org.jspecify.annotations.NullMarked;

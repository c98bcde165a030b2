/** The AWS clients. */
@NullMarked
package dev.chatgate.aws.client;

import org.jspecify.annotations.NullMarked;

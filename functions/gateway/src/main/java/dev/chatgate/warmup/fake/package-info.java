/**
 * Stand-ins for the provider and for AWS, on loopback and over TLS, with which calls are rehearsed
 * before a snapshot of the process is taken.
 */
@NullMarked
package dev.chatgate.warmup.fake;

import org.jspecify.annotations.NullMarked;

/**
 * Fakes of the provider and of AWS, on loopback and over TLS, for the warm-up before a snapshot.
 */
@NullMarked
package dev.chatgate.warmup.fake;

import org.jspecify.annotations.NullMarked;

/** Measurements, and the program that runs them. */
@NullMarked
package dev.chatgate.bench;

import org.jspecify.annotations.NullMarked;

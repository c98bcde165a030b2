/** The figures of one function process, taken at its Runtime API. */
@NullMarked
package dev.chatgate.bench.figures;

import org.jspecify.annotations.NullMarked;

/** The page that a measurement prints. */
@NullMarked
package dev.chatgate.bench.report;

import org.jspecify.annotations.NullMarked;

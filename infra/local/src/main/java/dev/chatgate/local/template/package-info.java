/** Reads functions, tables and parameters from the SAM template. */
@NullMarked
package dev.chatgate.local.template;

import org.jspecify.annotations.NullMarked;

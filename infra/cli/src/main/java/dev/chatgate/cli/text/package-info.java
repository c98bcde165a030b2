/** Output formats: text tables, CSV, JSON, and amounts for people. */
@NullMarked
package dev.chatgate.cli.text;

import org.jspecify.annotations.NullMarked;

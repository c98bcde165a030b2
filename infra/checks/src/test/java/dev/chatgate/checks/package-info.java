/**
 * Checks of the whole project: architecture, template, packages, and third-party clients and tools.
 */
@NullMarked
package dev.chatgate.checks;

import org.jspecify.annotations.NullMarked;

/** The runners of the Java libraries. The README of this module describes a runner's output. */
@NullMarked
package dev.chatgate.clients.runner;

import org.jspecify.annotations.NullMarked;

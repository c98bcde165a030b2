/** The runners of the Java libraries; the README of this module says what a runner prints. */
@NullMarked
package dev.chatgate.clients.runner;

import org.jspecify.annotations.NullMarked;

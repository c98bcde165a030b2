/** Fake servers for tests and the bench: Lambda's Runtime API, a provider, AWS. */
@NullMarked
package dev.chatgate.testkit;

import org.jspecify.annotations.NullMarked;

/** The key sets of issuers: fetching, sharing and choosing a key. */
@NullMarked
package dev.chatgate.identity.keyset;

import org.jspecify.annotations.NullMarked;

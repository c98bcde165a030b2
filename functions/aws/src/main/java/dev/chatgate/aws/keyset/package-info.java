/** The key sets of issuers in the Quota table. */
@NullMarked
package dev.chatgate.aws.keyset;

import org.jspecify.annotations.NullMarked;

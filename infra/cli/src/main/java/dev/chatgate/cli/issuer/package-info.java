/** Commands for the issuers whose login tokens a tenant accepts. */
@NullMarked
package dev.chatgate.cli.issuer;

import org.jspecify.annotations.NullMarked;

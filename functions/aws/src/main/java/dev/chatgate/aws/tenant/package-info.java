/** The Tenants table: tenants and their keys. */
@NullMarked
package dev.chatgate.aws.tenant;

import org.jspecify.annotations.NullMarked;

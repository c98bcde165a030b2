/** What operators do to the Tenants table: strict JSON, changes of tenants, keys and prices. */
@NullMarked
package dev.chatgate.admin;

import org.jspecify.annotations.NullMarked;

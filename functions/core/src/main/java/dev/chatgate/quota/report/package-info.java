/** Reads how much of its limits a tenant has used. */
@NullMarked
package dev.chatgate.quota.report;

import org.jspecify.annotations.NullMarked;

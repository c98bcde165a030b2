@NullMarked
package dev.chatgate.quota.report;

import org.jspecify.annotations.NullMarked;

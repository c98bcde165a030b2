/** The tenant's chat request: read once, checked against one table, spliced in place. */
@NullMarked
package dev.chatgate.openai.validation;

import org.jspecify.annotations.NullMarked;

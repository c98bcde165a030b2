/** What every table has in common: names, errors, sizes. */
@NullMarked
package dev.chatgate.aws.dynamodb;

import org.jspecify.annotations.NullMarked;

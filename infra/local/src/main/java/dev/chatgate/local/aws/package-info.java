/** Local AWS services: DynamoDB Local with the template's tables, and a fake Secrets Manager. */
@NullMarked
package dev.chatgate.local.aws;

import org.jspecify.annotations.NullMarked;

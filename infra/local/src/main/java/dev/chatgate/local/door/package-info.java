/** Local API Gateway and function URL: HTTP requests to Lambda events, and answers back to HTTP. */
@NullMarked
package dev.chatgate.local.door;

import org.jspecify.annotations.NullMarked;

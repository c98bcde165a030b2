/** Local Lambda: runs packaged functions as processes, with a Runtime API for each instance. */
@NullMarked
package dev.chatgate.local.lambda;

import org.jspecify.annotations.NullMarked;

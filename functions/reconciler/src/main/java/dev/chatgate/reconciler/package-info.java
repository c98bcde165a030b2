/** The reconciler as a Lambda function: settles calls that died, on a schedule. */
@NullMarked
package dev.chatgate.reconciler;

import org.jspecify.annotations.NullMarked;

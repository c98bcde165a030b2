/** The local stack: both doors, the packaged functions, and fakes of AWS and of the provider. */
@NullMarked
package dev.chatgate.local;

import org.jspecify.annotations.NullMarked;

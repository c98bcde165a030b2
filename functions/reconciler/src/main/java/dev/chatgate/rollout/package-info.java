/**
 * The check of a new version before traffic is shifted to it, as a Lambda function that CodeDeploy
 * calls.
 */
@NullMarked
package dev.chatgate.rollout;

import org.jspecify.annotations.NullMarked;

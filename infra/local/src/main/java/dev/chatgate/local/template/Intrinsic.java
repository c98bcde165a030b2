package dev.chatgate.local.template;

import org.jspecify.annotations.Nullable;

/**
 * A function of CloudFormation in the template, {@code !Ref Name} or {@code Fn::Sub: …}, not yet
 * resolved.
 *
 * @param name without the leading {@code !} or {@code Fn::}
 * @param argument scalar, list or map, intrinsics inside it unresolved too
 */
record Intrinsic(String name, @Nullable Object argument) {}

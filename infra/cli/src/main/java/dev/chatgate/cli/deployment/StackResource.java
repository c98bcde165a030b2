package dev.chatgate.cli.deployment;

/**
 * A resource of a CloudFormation stack.
 *
 * @param logicalId its name in the template
 * @param type its type, such as {@code AWS::Lambda::Function}
 * @param physicalId its own name, or its ARN
 */
public record StackResource(String logicalId, String type, String physicalId) {}

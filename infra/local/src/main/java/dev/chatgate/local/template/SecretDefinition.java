package dev.chatgate.local.template;

import java.util.Optional;

/**
 * A secret of the stack.
 *
 * @param name its name in Secrets Manager
 * @param generated how its first value is generated; absent for a secret that is created empty
 */
public record SecretDefinition(String name, Optional<GeneratedSecret> generated) {}

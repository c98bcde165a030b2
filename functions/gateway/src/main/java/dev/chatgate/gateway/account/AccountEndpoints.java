package dev.chatgate.gateway.account;

/**
 * The endpoints about a tenant itself.
 *
 * @param models the models that a caller may use
 * @param usage the tenant's usage
 * @param clientSecrets mints client secrets
 */
public record AccountEndpoints(
    ModelCatalog models, UsageEndpoint usage, ClientSecretEndpoint clientSecrets) {}

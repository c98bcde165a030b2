package dev.chatgate.identity.clientsecret;

import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.Narrowing;
import dev.chatgate.tenant.TenantId;
import java.time.Instant;
import java.util.Optional;

/**
 * What a client secret says.
 *
 * @param tenant the tenant that it belongs to
 * @param tenantCreatedAt when that tenant was created, as the item of the minting key has it
 * @param keyCode the number of the tenant key with which it was minted
 * @param id a random id, which may appear in logs
 * @param createdAt when it was minted, whole seconds
 * @param expiresAt from when on it is refused, whole seconds
 * @param endUser the person who holds it, if one was named
 * @param tier the name of the person's tier, if one was named
 * @param narrowing what it takes away from what the tenant may do
 */
public record ClientSecret(
    TenantId tenant,
    Optional<Instant> tenantCreatedAt,
    int keyCode,
    String id,
    Instant createdAt,
    Instant expiresAt,
    Optional<EndUser> endUser,
    Optional<String> tier,
    Narrowing narrowing) {}

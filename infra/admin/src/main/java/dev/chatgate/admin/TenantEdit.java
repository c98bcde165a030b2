package dev.chatgate.admin;

import dev.chatgate.tenant.Tenant;
import java.util.List;
import java.util.Optional;

/**
 * A whole tenant as an operator writes it to replace another, or to make a new one.
 *
 * @param tenant the configuration
 * @param keys exactly the keys that it is to have; absent leaves them as they are
 */
public record TenantEdit(Tenant tenant, Optional<List<TenantSpec.Key>> keys) {
  /** Copies the list. */
  public TenantEdit {
    keys = keys.map(List::copyOf);
  }
}

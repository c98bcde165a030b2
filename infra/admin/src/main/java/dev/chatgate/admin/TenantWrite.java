package dev.chatgate.admin;

import dev.chatgate.tenant.Tenant;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * One transaction that changes a tenant, without what it changes in the index.
 *
 * @param tenant the configuration afterwards; absent if the tenant is removed
 * @param item writes the tenant's own item; fails if that is not the one that was read
 * @param keys writes keys' items
 * @param keyProblem what it means that one of {@code keys} fails: a sentence
 * @param hasKeyOfAnyForm whether one of {@code keys} has another form than generated keys have
 */
record TenantWrite(
    Optional<Tenant> tenant,
    TransactWriteItem item,
    List<TransactWriteItem> keys,
    String keyProblem,
    boolean hasKeyOfAnyForm) {
  /** Writes that DynamoDB takes as one transaction, without the tenant's item and the index. */
  static final int MAX_KEYS = 98;

  /** Copies the list. */
  TenantWrite {
    keys = List.copyOf(keys);
  }

  /** Whether DynamoDB takes it as one transaction. */
  boolean fits() {
    return keys.size() <= MAX_KEYS;
  }
}

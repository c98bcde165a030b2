package dev.chatgate.local.template;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A DynamoDB table of the stack.
 *
 * @param logicalId its name in the template
 * @param name its name in the store
 * @param key its own key
 * @param attributeTypes {@code S}, {@code N} or {@code B} of every attribute in a key
 * @param indexes the global secondary ones
 * @param ttlAttribute the attribute of the time to live, if there is one
 */
public record TableDefinition(
    String logicalId,
    String name,
    Key key,
    Map<String, String> attributeTypes,
    List<Index> indexes,
    Optional<String> ttlAttribute) {

  /** Copies the collections. */
  public TableDefinition {
    attributeTypes = Map.copyOf(attributeTypes);
    indexes = List.copyOf(indexes);
  }

  /**
   * The attributes of a key.
   *
   * @param partition the partition key
   * @param sort the sort key, if there is one
   */
  public record Key(String partition, Optional<String> sort) {}

  /**
   * A global secondary index.
   *
   * @param name its name
   * @param key its key
   * @param projection {@code KEYS_ONLY}, {@code INCLUDE} or {@code ALL}
   * @param nonKeyAttributes what {@code INCLUDE} includes
   */
  public record Index(String name, Key key, String projection, List<String> nonKeyAttributes) {
    /** Copies the list. */
    public Index {
      nonKeyAttributes = List.copyOf(nonKeyAttributes);
    }
  }
}

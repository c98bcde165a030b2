package dev.chatgate.aws.usage;

import dev.chatgate.aws.dynamodb.StoreErrors;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.PriceSource;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

/** Reads the prices from the Tenants table; {@link PriceItem} is the form of one. */
public final class PriceStore implements PriceSource {
  private final DynamoDbClient dynamoDb;
  private final String table;

  /**
   * @param dynamoDb a client that repeats what is worth repeating
   * @param tables the deployment's tables
   */
  public PriceStore(DynamoDbClient dynamoDb, Tables tables) {
    this.dynamoDb = dynamoDb;
    this.table = tables.tenants();
  }

  @Override
  public List<ModelPrice> prices() {
    var query =
        QueryRequest.builder()
            .tableName(table)
            .consistentRead(true)
            .keyConditionExpression("#pk = :prices")
            .expressionAttributeNames(Map.of("#pk", Tables.HASH_KEY))
            .expressionAttributeValues(Map.of(":prices", AttributeValue.fromS(PriceItem.PARTITION)))
            .build();
    try {
      return dynamoDb.queryPaginator(query).items().stream().map(PriceItem::read).toList();
    } catch (SdkException e) {
      throw StoreErrors.unavailable("reading prices", e);
    }
  }
}

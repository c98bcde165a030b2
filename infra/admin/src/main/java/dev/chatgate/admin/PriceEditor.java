package dev.chatgate.admin;

import dev.chatgate.aws.dynamodb.StoreErrors;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.aws.usage.PriceItem;
import dev.chatgate.tenant.ModelName;
import dev.chatgate.usage.ModelPrice;
import java.util.ArrayList;
import java.util.HashMap;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Writes prices. A price in force should not be changed: a new one has a later date. */
public final class PriceEditor {
  private final DynamoDbClient dynamoDb;
  private final String table;

  /**
   * @param dynamoDb a client that repeats what is worth repeating
   * @param tables the deployment's tables
   */
  public PriceEditor(DynamoDbClient dynamoDb, Tables tables) {
    this.dynamoDb = dynamoDb;
    this.table = tables.tenants();
  }

  /**
   * Writes a price, in the place of one of the same model and date; attributes that are not known
   * stay.
   *
   * @throws dev.chatgate.StoreUnavailableException if the store does not answer
   * @throws IllegalArgumentException if it is too large to be stored; the message is a sentence
   */
  public void put(ModelPrice price) {
    if (ModelName.isTooLong(price.model())) {
      throw new IllegalArgumentException(
          "The model's name of a price from %s has more than %d bytes, which no call can use."
              .formatted(price.from(), ModelName.MAX_BYTES));
    }
    var attributes = PriceItem.attributes(price);
    ItemSize.require(
        "The price of " + price.model() + " from " + price.from(),
        attributes,
        "it has too many tiers.");
    var sets = new ArrayList<String>();
    var names = new HashMap<String, String>();
    var values = new HashMap<String, AttributeValue>();
    attributes.forEach((name, value) -> {
      sets.add("#" + name + " = :" + name);
      names.put("#" + name, name);
      values.put(":" + name, value);
    });
    try {
      dynamoDb.updateItem(request ->
          request
              .tableName(table)
              .key(PriceItem.key(price))
              .updateExpression("SET " + String.join(", ", sets))
              .expressionAttributeNames(names)
              .expressionAttributeValues(values));
    } catch (SdkException e) {
      throw StoreErrors.unavailable("writing a price", e);
    }
  }
}

package dev.chatgate.local;

import dev.chatgate.aws.Tables;
import dev.chatgate.aws.tenant.TenantJson;
import dev.chatgate.aws.tenant.TenantSpec;
import dev.chatgate.aws.tenant.TenantStore;
import dev.chatgate.aws.usage.PriceJson;
import dev.chatgate.aws.usage.PriceStore;
import dev.chatgate.usage.ModelPrice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * What is in the store before the first call.
 *
 * @param tenants with their keys
 * @param prices every one, whatever its date
 */
record Seeds(List<TenantSpec> tenants, List<ModelPrice> prices) {

  /**
   * Reads the files that the settings name.
   *
   * @throws StartException if one of them is not what it should be
   */
  static Seeds from(Settings settings) {
    return new Seeds(
        read("CHATGATE_TENANTS", settings.tenants(), Demo.TENANTS, TenantJson::readList),
        read("CHATGATE_PRICES", settings.prices(), Demo.PRICES, PriceJson::readList));
  }

  /** Writes them; what an earlier run left under the same names is replaced. */
  void into(DynamoDbClient dynamoDb, Tables tables) {
    var tenantStore = new TenantStore(dynamoDb, tables);
    tenants.forEach(tenantStore::put);
    var priceStore = new PriceStore(dynamoDb, tables);
    prices.forEach(priceStore::put);
  }

  private static <T> T read(
      String setting, Optional<Path> file, String otherwise, Function<String, T> reading) {
    try {
      return reading.apply(file.isPresent() ? Files.readString(file.get()) : otherwise);
    } catch (TenantJson.FormatException | PriceJson.FormatException e) {
      throw new StartException(setting + ": " + e.getMessage() + ".", e);
    } catch (IOException e) {
      throw new StartException(setting + ": the file is not readable text.", e);
    }
  }
}

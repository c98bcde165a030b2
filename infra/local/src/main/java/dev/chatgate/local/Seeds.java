package dev.chatgate.local;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.aws.dynamodb.Tables;
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
 * Tenants and prices that are stored before the first call.
 *
 * @param tenants with their keys
 * @param prices past and future ones included
 */
record Seeds(Seed<TenantSpec> tenants, Seed<ModelPrice> prices) {
  /**
   * The content of one file.
   *
   * @param source the setting and the file, as a message names them
   */
  record Seed<T>(String source, List<T> entries) {}

  /**
   * Reads the files that the settings name.
   *
   * @throws StartException if a file cannot be read or is malformed
   */
  static Seeds from(LocalSettings settings) {
    return new Seeds(
        read("CHATGATE_TENANTS", settings.tenants(), DemoData.TENANTS, TenantJson::readList),
        read("CHATGATE_PRICES", settings.prices(), DemoData.PRICES, PriceJson::readList));
  }

  /**
   * Stores them; tenants and prices of an earlier run with the same names are replaced.
   *
   * @throws StartException if one of them cannot be stored
   */
  void into(DynamoDbClient dynamoDb, Tables tables) {
    var tenantStore = new TenantStore(dynamoDb, tables);
    for (TenantSpec spec : tenants.entries()) {
      store(tenants.source(), "tenant " + spec.tenant().id(), () -> tenantStore.put(spec));
    }
    var priceStore = new PriceStore(dynamoDb, tables);
    for (ModelPrice price : prices.entries()) {
      store(prices.source(), "the price of " + price.model(), () -> priceStore.put(price));
    }
  }

  private static void store(String source, String what, Runnable put) {
    try {
      put.run();
    } catch (IllegalArgumentException e) {
      throw new StartException(source + ": " + e.getMessage(), e);
    } catch (StoreUnavailableException e) {
      throw new StartException(source + ": " + what + " could not be stored: " + reason(e), e);
    }
  }

  private static String reason(StoreUnavailableException failure) {
    Throwable cause = failure.getCause();
    String message = String.valueOf((cause == null ? failure : cause).getMessage());
    return message.lines().findFirst().orElse("");
  }

  private static <T> Seed<T> read(
      String setting, Optional<Path> file, String defaultText, Function<String, List<T>> reading) {
    String source = setting + file.map(path -> " (" + path + ")").orElse("");
    try {
      return new Seed<>(
          source, reading.apply(file.isPresent() ? Files.readString(file.get()) : defaultText));
    } catch (TenantJson.FormatException | PriceJson.FormatException e) {
      throw new StartException(source + ": " + e.getMessage() + ".", e);
    } catch (IOException e) {
      throw new StartException(source + ": the file is not readable text.", e);
    }
  }
}

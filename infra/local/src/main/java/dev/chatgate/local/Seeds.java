package dev.chatgate.local;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.admin.FormatException;
import dev.chatgate.admin.PriceEditor;
import dev.chatgate.admin.PriceJson;
import dev.chatgate.admin.TenantEditor;
import dev.chatgate.admin.TenantJson;
import dev.chatgate.admin.TenantSpec;
import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.time.Pause;
import dev.chatgate.usage.ModelPrice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
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
    var tenantEditor = new TenantEditor(dynamoDb, tables, new Random(), Pause.SLEEP);
    for (TenantSpec spec : tenants.entries()) {
      store(tenants.source(), "tenant " + spec.tenant().id(), () -> tenantEditor.put(spec));
    }
    var priceEditor = new PriceEditor(dynamoDb, tables);
    for (ModelPrice price : prices.entries()) {
      store(prices.source(), "the price of " + price.model(), () -> priceEditor.put(price));
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
    } catch (FormatException e) {
      throw new StartException(source + ": " + e.getMessage() + ".", e);
    } catch (IOException e) {
      throw new StartException(source + ": the file is not readable text.", e);
    }
  }
}

package dev.chatgate.cli.price;

import dev.chatgate.cli.text.Amounts;
import dev.chatgate.usage.ModelPrice.Tier;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses a price tier: {@code above=200000,prompt=2.50,cached=0.25,completion=15}. */
final class TierOption implements ITypeConverter<Tier> {

  @Override
  public Tier convert(String text) {
    Map<String, String> members = new HashMap<>();
    for (var pair : text.split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 0
          || members.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
        throw invalid(text);
      }
    }
    var above = Amounts.readWhole(members.getOrDefault("above", ""));
    var prompt = Amounts.readMicroUsd(members.getOrDefault("prompt", ""));
    var completion = Amounts.readMicroUsd(members.getOrDefault("completion", ""));
    OptionalLong cached = Amounts.readMicroUsd(members.getOrDefault("cached", ""));
    int known = 3 + (cached.isPresent() ? 1 : 0);
    if (above.isEmpty() || prompt.isEmpty() || completion.isEmpty() || members.size() != known) {
      throw invalid(text);
    }
    return new Tier(above.getAsLong(), prompt.getAsLong(), cached, completion.getAsLong());
  }

  private static TypeConversionException invalid(String text) {
    return new TypeConversionException(
        "'"
            + text
            + "' is not a tier (expected above=200000,prompt=2.50,completion=15, optionally with"
            + " cached=0.25)");
  }
}

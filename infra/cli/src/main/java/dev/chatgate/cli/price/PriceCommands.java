package dev.chatgate.cli.price;

import dev.chatgate.admin.PriceJson;
import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.text.Amounts;
import dev.chatgate.cli.text.JsonOutput;
import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.ModelPrice.Tier;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code chatgate price …}. */
@Command(
    name = "price",
    description = "List and set model prices.",
    footerHeading = HelpText.EXAMPLE,
    footer = "  chatgate price list")
public final class PriceCommands {
  private final CommandEnvironment environment;
  private final DeploymentOptions deploymentOptions;

  /**
   * @param environment the environment of the command
   * @param deploymentOptions selects the deployment
   */
  public PriceCommands(CommandEnvironment environment, DeploymentOptions deploymentOptions) {
    this.environment = environment;
    this.deploymentOptions = deploymentOptions;
  }

  @Command(
      name = "list",
      description = "List all prices: past, current and future.",
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate price list --json")
  int list(
      @Option(names = "--json", description = "Print JSON in the format of CHATGATE_PRICES.")
          boolean json) {
    try (var deployment = deploymentOptions.open()) {
      var prices = deployment.prices();
      environment
          .out()
          .print(
              json
                  ? JsonOutput.pretty(PriceJson.write(PriceFormatter.sorted(prices)))
                  : PriceFormatter.table(prices, environment.today()));
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "set",
      description = {
        "Set the price of a model from a UTC day on, in US dollars per million tokens.",
        "A call is charged the price of the day of its admission. To change a price, set one with a"
            + " later date. Instances use a changed price within CHATGATE_CACHE_SECONDS, and the"
            + " first price of a model within a second."
      },
      footerHeading = HelpText.EXAMPLE,
      footer = "  chatgate price set fast --prompt 0.50 --cached 0.05 --completion 1.50")
  int set(
      @Parameters(
              arity = "0..1",
              paramLabel = "MODEL",
              description = "Model name as tenants send it, or the provider's name.")
          Optional<String> model,
      @Option(
              names = "--from",
              paramLabel = "DATE",
              description = "First UTC day of the price. Default: today.")
          Optional<LocalDate> from,
      @Option(
              names = "--prompt",
              paramLabel = "USD",
              converter = UsdAmount.Converter.class,
              description = "Price of prompt tokens.")
          Optional<UsdAmount> prompt,
      @Option(
              names = "--cached",
              paramLabel = "USD",
              converter = UsdAmount.Converter.class,
              description = "Price of cached prompt tokens. Default: as --prompt.")
          Optional<UsdAmount> cached,
      @Option(
              names = "--completion",
              paramLabel = "USD",
              converter = UsdAmount.Converter.class,
              description = "Price of completion tokens.")
          Optional<UsdAmount> completion,
      @Option(
              names = "--tier",
              paramLabel = "TIER",
              converter = TierOption.class,
              description =
                  "Price of prompts above a number of tokens (repeatable): above=200000,prompt=2.50,"
                      + "cached=0.25,completion=15; cached is optional.")
          @Nullable List<Tier> tiers,
      @Option(
              names = "--json",
              paramLabel = "FILE",
              description =
                  "Read a list of prices from a JSON file instead, in the format of CHATGATE_PRICES;"
                      + " - reads standard input.")
          Optional<String> json,
      @Option(names = "--yes", description = "Do not ask before replacing a price.") boolean yes) {
    boolean byOptions = model.isPresent() && prompt.isPresent() && completion.isPresent();
    if (byOptions == json.isPresent()) {
      throw CommandException.error(
          "Use either MODEL, --prompt and --completion, or --json FILE. See: chatgate price set"
              + " --help");
    }
    var newPrices =
        json.map(file -> PriceJson.readList(environment.readFile(file)))
            .orElseGet(() ->
                List.of(
                    new ModelPrice(
                        model.orElseThrow(),
                        from.orElseGet(environment::today),
                        tiers(prompt.orElseThrow(), cached, completion.orElseThrow(), tiers))));
    return put(newPrices, yes);
  }

  private static List<Tier> tiers(
      UsdAmount prompt,
      Optional<UsdAmount> cached,
      UsdAmount completion,
      @Nullable List<Tier> higher) {
    var tiers = new ArrayList<Tier>();
    var cachedMicroUsd =
        cached.map(dollars -> OptionalLong.of(dollars.microUsd())).orElse(OptionalLong.empty());
    tiers.add(new Tier(0, prompt.microUsd(), cachedMicroUsd, completion.microUsd()));
    // Picocli passes null if the option is absent.
    if (higher != null) {
      tiers.addAll(higher);
    }
    return tiers;
  }

  private int put(List<ModelPrice> newPrices, boolean yes) {
    try (var deployment = deploymentOptions.open()) {
      var existing = deployment.prices();
      var changed = newPrices.stream().filter(price -> !existing.contains(price)).toList();
      long replaced = changed.stream().filter(price -> replaces(price, existing)).count();
      if (replaced > 0) {
        environment.confirm(
            yes,
            "Replace "
                + Amounts.count(replaced, "price")
                + " of the same model and date? Calls that were already charged do not change.");
      }
      changed.forEach(deployment.priceEditor()::put);
      newPrices.forEach(price ->
          environment
              .out()
              .println("Set the price of " + price.model() + " from " + price.from() + "."));
      noteDelay(changed, deployment.facts().cacheFor());
    }
    return ExitCodes.OK;
  }

  /** Says from when on calls are charged the prices that are in force today. */
  private void noteDelay(List<ModelPrice> changed, Duration delay) {
    boolean isInForce =
        changed.stream().anyMatch(price -> !price.from().isAfter(environment.today()));
    if (isInForce && delay.isPositive()) {
      environment
          .out()
          .println(
              "Calls of the next %d s may still be charged without %s."
                  .formatted(delay.toSeconds(), changed.size() == 1 ? "it" : "them"));
    }
  }

  private static boolean replaces(ModelPrice price, List<ModelPrice> existing) {
    return existing.stream()
        .anyMatch(
            other -> other.model().equals(price.model()) && other.from().equals(price.from()));
  }
}

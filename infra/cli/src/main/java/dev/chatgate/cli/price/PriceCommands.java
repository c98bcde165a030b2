package dev.chatgate.cli.price;

import dev.chatgate.aws.usage.PriceJson;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.shell.CommandEnvironment;
import dev.chatgate.cli.shell.ExitCodes;
import dev.chatgate.cli.shell.RefusedException;
import dev.chatgate.cli.text.Json;
import dev.chatgate.usage.ModelPrice;
import dev.chatgate.usage.ModelPrice.Tier;
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
@Command(name = "price", description = "Shows and sets what models cost.")
public final class PriceCommands {
  private final CommandEnvironment shell;
  private final DeploymentOptions target;

  /**
   * @param shell what is around
   * @param target the deployment
   */
  public PriceCommands(CommandEnvironment shell, DeploymentOptions target) {
    this.shell = shell;
    this.target = target;
  }

  @Command(name = "list", description = "Lists all prices, past and future ones too.")
  int list(@Option(names = "--json", description = "As CHATGATE_PRICES has it.") boolean json) {
    try (var deployment = target.open()) {
      var prices = deployment.prices().prices();
      shell
          .out()
          .print(
              json
                  ? Json.page(PriceJson.write(PriceText.sorted(prices)))
                  : PriceText.table(prices, shell.today()));
    }
    return ExitCodes.OK;
  }

  @Command(
      name = "set",
      description = {
        "Sets what a model costs from a UTC day on, in dollars per million tokens.",
        "A call keeps the price of the day of its admission; a new price has a later date."
      })
  int set(
      @Parameters(
              arity = "0..1",
              paramLabel = "MODEL",
              description = "As tenants send it, or the" + " provider's name.")
          Optional<String> model,
      @Option(names = "--from", paramLabel = "DATE", description = "First UTC day; else today.")
          Optional<LocalDate> from,
      @Option(
              names = "--prompt",
              paramLabel = "USD",
              converter = Dollars.Converter.class,
              description = "Prompt tokens.")
          Optional<Dollars> prompt,
      @Option(
              names = "--cached",
              paramLabel = "USD",
              converter = Dollars.Converter.class,
              description = "Cached prompt tokens; else as the prompt's.")
          Optional<Dollars> cached,
      @Option(
              names = "--completion",
              paramLabel = "USD",
              converter = Dollars.Converter.class,
              description = "Completion tokens.")
          Optional<Dollars> completion,
      @Option(
              names = "--tier",
              paramLabel = "TIER",
              converter = TierOption.class,
              description =
                  "For prompts above so many tokens: above=200000,prompt=2.50,cached=0.25,"
                      + "completion=15; cached may be left out. May be given often.")
          @Nullable List<Tier> tiers,
      @Option(
              names = "--json",
              paramLabel = "FILE",
              description = "A list as in CHATGATE_PRICES instead; - reads standard input.")
          Optional<String> json,
      @Option(names = "--yes", description = "Does not ask before a price is replaced.")
          boolean yes) {
    boolean byOptions = model.isPresent() && prompt.isPresent() && completion.isPresent();
    if (byOptions == json.isPresent()) {
      throw RefusedException.cannotRun(
          "Say MODEL, --prompt and --completion, or --json FILE; see: chatgate price set --help");
    }
    var wanted =
        json.map(file -> PriceJson.readList(shell.readFile(file)))
            .orElseGet(() ->
                List.of(
                    new ModelPrice(
                        model.orElseThrow(),
                        from.orElseGet(shell::today),
                        tiers(prompt.orElseThrow(), cached, completion.orElseThrow(), tiers))));
    return put(wanted, yes);
  }

  private static List<Tier> tiers(
      Dollars prompt, Optional<Dollars> cached, Dollars completion, @Nullable List<Tier> higher) {
    var tiers = new ArrayList<Tier>();
    var cachedMicroUsd =
        cached.map(dollars -> OptionalLong.of(dollars.microUsd())).orElse(OptionalLong.empty());
    tiers.add(new Tier(0, prompt.microUsd(), cachedMicroUsd, completion.microUsd()));
    // Without such an option picocli gives no list.
    if (higher != null) {
      tiers.addAll(higher);
    }
    return tiers;
  }

  private int put(List<ModelPrice> wanted, boolean yes) {
    try (var deployment = target.open()) {
      var prices = deployment.prices();
      var standing = prices.prices();
      var fresh = wanted.stream().filter(price -> !standing.contains(price)).toList();
      long replaced = fresh.stream().filter(price -> stands(price, standing)).count();
      if (replaced > 0) {
        shell.confirm(
            yes,
            "Replace "
                + (replaced == 1 ? "a price" : replaced + " prices")
                + " of the same model and date? What was billed stays as it was billed.");
      }
      fresh.forEach(prices::put);
    }
    wanted.forEach(price ->
        shell
            .out()
            .println("The price of " + price.model() + " from " + price.from() + " is set."));
    return ExitCodes.OK;
  }

  private static boolean stands(ModelPrice price, List<ModelPrice> standing) {
    return standing.stream()
        .anyMatch(
            other -> other.model().equals(price.model()) && other.from().equals(price.from()));
  }
}

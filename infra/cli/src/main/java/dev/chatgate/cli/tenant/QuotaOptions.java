package dev.chatgate.cli.tenant;

import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.Limit;
import dev.chatgate.tenant.Quota;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options for limits, of a tenant or a tier. A limit without an option does not change. */
final class QuotaOptions {
  private final Map<Limit, LimitOption> named = new LinkedHashMap<>();

  @Option(
      names = "--warn-at",
      paramLabel = "PERCENTS",
      converter = WarnAtOption.Reader.class,
      description =
          "Warn when the settled usage of a limit per day or month, or of money, reaches these"
              + " percents of it: up to 10, comma-separated, like 80,95. Warnings block nothing.")
  private Optional<WarnAtOption> warnAt = Optional.empty();

  /** Adds an option for each limit that there is. */
  @Spec(Spec.Target.SELF)
  void options(CommandSpec own) {
    for (var limit : Limits.ALL.members()) {
      own.addOption(
          OptionSpec.builder("--" + limit.key().replace('_', '-'))
              .paramLabel(limit.isMoney() ? "USD" : "N")
              .type(LimitOption.class)
              .converters(
                  limit.isMoney() ? new LimitOption.OfDollars() : new LimitOption.OfNumber())
              .description(limit.description())
              .setter(setter(limit))
              .build());
    }
  }

  private ISetter setter(Limit limit) {
    return new ISetter() {
      @Override
      @SuppressWarnings("unchecked")
      public <T> @Nullable T set(@Nullable T value) {
        var before = value == null ? named.remove(limit) : named.put(limit, (LimitOption) value);
        return (T) before;
      }
    };
  }

  /** Whether any option is given. */
  boolean isGiven() {
    return !named.isEmpty() || warnAt.isPresent();
  }

  /** Returns the quota with the given limits changed. */
  Quota applyTo(Quota quota) {
    var changed = quota;
    for (var limit : named.entrySet()) {
      changed = changed.with(limit.getKey(), limit.getValue().value());
    }
    return warnAt.isPresent() ? changed.withWarnAt(warnAt.get().percents()) : changed;
  }
}

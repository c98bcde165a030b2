package dev.chatgate.cli.doctor;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.admin.TenantEdit;
import dev.chatgate.admin.TenantSpec;
import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.deployment.AwsErrorMessages;
import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.key.TenantKeyGenerator;
import dev.chatgate.quota.limit.Limits;
import dev.chatgate.tenant.Quota;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import dev.chatgate.tenant.TenantStatus;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The tenant of one run, with a key that expires. It is removed at the end of the run, also after a
 * failure; after Ctrl-C a shutdown hook removes it. What it used stays in counters and records, as
 * for every deleted tenant.
 */
final class TrialTenant {
  private static final Pattern ID = Pattern.compile("doctor-[0-9a-f]{12}");
  private static final int RANDOM_BYTES = 6;
  private static final Duration KEY_LIFETIME = Duration.ofMinutes(10);

  /** Enough for a few calls with short answers. */
  private static final long TOKENS_PER_DAY = 5_000;

  private final Deployment deployment;
  private final CommandEnvironment environment;
  private final String arguments;
  private final TenantId id;
  private final TenantSpec.Key key;
  private final Thread hook = new Thread(this::removeAtShutdown, "remove-trial-tenant");
  private boolean isGone;

  private TrialTenant(Deployment deployment, CommandEnvironment environment, String arguments) {
    this.deployment = deployment;
    this.environment = environment;
    this.arguments = arguments;
    var bytes = new byte[RANDOM_BYTES];
    environment.random().nextBytes(bytes);
    id = new TenantId("doctor-" + HexFormat.of().formatHex(bytes));
    key =
        new TenantSpec.Key(
            "doctor",
            TenantKeyGenerator.generate(environment.random()),
            Optional.of(environment.clock().instant().plus(KEY_LIFETIME)),
            Set.of(Scope.CALLS));
  }

  /** Whether a tenant was made by a run of this command. */
  static boolean isOne(TenantId id) {
    return ID.matcher(id.value()).matches();
  }

  /**
   * Creates the tenant.
   *
   * @param model the only model that it may use
   * @param arguments the options to repeat in a command that is advised
   * @throws CommandException if there is a tenant of that ID
   * @throws StoreUnavailableException if the store does not answer; the tenant may exist then, so
   *     its removal is tried
   */
  static TrialTenant create(
      Deployment deployment, CommandEnvironment environment, String model, String arguments) {
    var trial = new TrialTenant(deployment, environment, arguments);
    var tenant =
        new Tenant(
            trial.id,
            TenantStatus.ACTIVE,
            Quota.UNLIMITED.with(Limits.TOKENS_PER_DAY, TOKENS_PER_DAY),
            Optional.of(List.of(model)),
            Map.of(),
            Optional.empty());
    Runtime.getRuntime().addShutdownHook(trial.hook);
    try {
      if (deployment.tenants().create(new TenantEdit(tenant, Optional.of(List.of(trial.key))))) {
        return trial;
      }
    } catch (StoreUnavailableException e) {
      trial.remove().ifPresent(environment.err()::println);
      throw e;
    }
    trial.forgetHook();
    throw CommandException.error("Tenant " + trial.id + " exists already; run the command again.");
  }

  TenantId id() {
    return id;
  }

  /** The secret of its key. */
  String secret() {
    return key.secret();
  }

  /**
   * Removes the tenant, unless it is removed already. An interrupt of the thread does not keep it
   * from doing so, and is set again afterwards.
   *
   * @return what to do, if it could not be removed
   */
  Optional<String> remove() {
    boolean interrupted = Thread.interrupted();
    try {
      return removeOnce();
    } finally {
      forgetHook();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized Optional<String> removeOnce() {
    if (isGone) {
      return Optional.empty();
    }
    try {
      var _ = deployment.tenants().delete(id);
      isGone = true;
      return Optional.empty();
    } catch (StoreUnavailableException | SdkException e) {
      return Optional.of(
          "Tenant %s could not be removed. %s Its key expires within 10 minutes. To remove it: chatgate tenant delete %s --yes%s"
              .formatted(
                  id,
                  AwsErrorMessages.messageFor(e).orElse("The store did not answer."),
                  id,
                  arguments));
    }
  }

  private void removeAtShutdown() {
    removeOnce().ifPresent(environment.err()::println);
    environment.err().flush();
  }

  private void forgetHook() {
    try {
      var _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // The process is ending, and the hook runs.
    }
  }
}

package dev.chatgate.cli.trial;

import dev.chatgate.StoreUnavailableException;
import dev.chatgate.admin.TenantSpec;
import dev.chatgate.cli.console.CommandEnvironment;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.console.ExitCodes;
import dev.chatgate.cli.console.HelpText;
import dev.chatgate.cli.deployment.Deployment;
import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.key.TenantKeyGenerator;
import dev.chatgate.cli.text.TextTable;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.Scope;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.tenant.TenantId;
import java.net.URI;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code chatgate try}. */
@Command(
    name = "try",
    description = {
      "Make one chat call for a tenant through a door, and print the answer as it arrives.",
      "The call is made with a key of its own, which is removed afterwards and expires after 10"
          + " minutes in any case. It is an ordinary call: the tenant's limits hold, and it is"
          + " charged.",
      "Exit codes: 0 complete answer, 1 refused or incomplete, 2 error."
    },
    footerHeading = HelpText.EXAMPLE,
    footer = {
      "  chatgate try acme --model fast",
      "  chatgate try demo --model local/chat --door api --local"
    })
public final class TryCommand implements Callable<Integer> {
  private static final Duration KEY_LIFETIME = Duration.ofMinutes(10);
  private static final int NAME_BYTES = 6;
  private static final EndUser NOBODY = new EndUser("chatgate-try");

  private final CommandEnvironment environment;
  private final DeploymentOptions deploymentOptions;

  @Parameters(paramLabel = "TENANT", description = "Tenant ID.")
  @SuppressWarnings("NullAway.Init")
  private TenantId tenantId;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "Model, by the name that the tenant sends. Default: the first that its configuration names.")
  private Optional<String> model = Optional.empty();

  @Option(
      names = "--door",
      paramLabel = "DOOR",
      defaultValue = "stream",
      converter = Door.Converter.class,
      completionCandidates = Door.Candidates.class,
      description =
          "${COMPLETION-CANDIDATES}: streamed through the function URL, or in one piece through API"
              + " Gateway. Default: ${DEFAULT-VALUE}.")
  private Door door = Door.STREAM;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "Base URL to call instead of the door's own, such as one of your domain; it ends with"
              + " /openai/v1.")
  private Optional<String> baseUrl = Optional.empty();

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      defaultValue = "Say hello in five words.",
      description = "The user's message. Default: ${DEFAULT-VALUE}")
  private String prompt = "";

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "200",
      description = "The request's max_tokens. Default: ${DEFAULT-VALUE}.")
  private int maxTokens;

  @Option(
      names = "--user",
      paramLabel = "ID",
      description =
          "End user for whom the call is made. Default: none, or chatgate-try if the tenant requires"
              + " one.")
  private Optional<EndUser> user = Optional.empty();

  /**
   * @param environment the environment of the command
   * @param deploymentOptions selects the deployment
   */
  public TryCommand(CommandEnvironment environment, DeploymentOptions deploymentOptions) {
    this.environment = environment;
    this.deploymentOptions = deploymentOptions;
  }

  @Override
  public Integer call() {
    try (var deployment = deploymentOptions.open()) {
      var url = url(deployment);
      var tenant = deployment.tenants().find(tenantId).orElseThrow(this::noTenant);
      var named = model.or(() -> firstModel(tenant)).orElseThrow(TryCommand::noModel);
      return report(withKey(deployment, tenant, url, body(named)));
    }
  }

  private URI url(Deployment deployment) {
    var facts = deployment.facts();
    return DoorUrl.ofChat(
        baseUrl
            .or(door == Door.STREAM ? facts::streamUrl : facts::apiUrl)
            .orElseThrow(() ->
                CommandException.error(
                    "The URL of the door is not known: use --url, --stack NAME or --local.")));
  }

  private static Optional<String> firstModel(Tenant tenant) {
    return tenant.models().orElse(List.of()).stream()
        .filter(name -> !name.equals("*"))
        .findFirst()
        .or(() -> tenant.modelAliases().keySet().stream().sorted().findFirst());
  }

  private CommandException noTenant() {
    return CommandException.negative("Tenant " + tenantId + " does not exist.");
  }

  private static CommandException noModel() {
    return CommandException.error("The tenant's configuration names no model: use --model MODEL.");
  }

  private String body(String named) {
    return ChatRequest.body(named, prompt, maxTokens, door == Door.STREAM);
  }

  private DoorCall.Outcome withKey(Deployment deployment, Tenant tenant, URI url, String body) {
    var endUser = user.or(() -> tenant.requireEndUser() ? Optional.of(NOBODY) : Optional.empty());
    var key = key(endUser.isPresent());
    switch (deployment.tenants().addKey(tenantId, key)) {
      case DONE -> {}
      case NO_TENANT -> throw noTenant();
      case NAME ->
          throw CommandException.error(
              "A key named " + key.name() + " exists; run the command again.");
    }
    try {
      return new DoorCall(environment.clock(), this::print)
          .make(url, key.secret(), endUser, body, door == Door.STREAM);
    } finally {
      remove(deployment, key);
    }
  }

  private TenantSpec.Key key(boolean namesEndUser) {
    var name = new byte[NAME_BYTES];
    environment.random().nextBytes(name);
    return new TenantSpec.Key(
        "try-" + HexFormat.of().formatHex(name),
        TenantKeyGenerator.generate(environment.random()),
        Optional.of(environment.clock().instant().plus(KEY_LIFETIME)),
        namesEndUser ? Set.of(Scope.CALLS, Scope.END_USER_HEADER) : Set.of(Scope.CALLS));
  }

  private void remove(Deployment deployment, TenantSpec.Key key) {
    try {
      var _ = deployment.tenants().removeKey(tenantId, key.name());
    } catch (StoreUnavailableException e) {
      environment
          .err()
          .println(
              "Could not remove key %s of tenant %s. It expires within 10 minutes."
                  .formatted(key.name(), tenantId));
    }
  }

  /** The answer is another's text: only its line ends reach the terminal as they are. */
  private void print(String piece) {
    environment
        .out()
        .print(
            String.join("\n", piece.lines().map(TextTable::printable).toList())
                + (piece.endsWith("\n") ? "\n" : ""));
    environment.out().flush();
  }

  private int report(DoorCall.Outcome outcome) {
    if (outcome.firstText().isPresent()) {
      environment.out().println();
    }
    if (!outcome.isOk()) {
      throw CommandException.negative(
          "HTTP %d %s. Request ID: %s."
              .formatted(outcome.status(), outcome.reason(), outcome.requestId()));
    }
    environment
        .err()
        .println(
            "HTTP %d after %,d ms%s. Tokens: %s prompt, %s completion. Request ID: %s."
                .formatted(
                    outcome.status(),
                    outcome.duration().toMillis(),
                    outcome
                        .firstText()
                        .map(first -> ", first text after %,d ms".formatted(first.toMillis()))
                        .orElse(""),
                    outcome.answer().tokens("prompt_tokens"),
                    outcome.answer().tokens("completion_tokens"),
                    outcome.requestId()));
    return ExitCodes.OK;
  }
}

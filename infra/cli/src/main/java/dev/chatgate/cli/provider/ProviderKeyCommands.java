package dev.chatgate.cli.provider;

import dev.chatgate.cli.deployment.DeploymentOptions;
import dev.chatgate.cli.deployment.ProviderSecret.Version;
import dev.chatgate.cli.shell.CommandEnvironment;
import dev.chatgate.cli.shell.ExitCodes;
import dev.chatgate.cli.shell.RefusedException;
import dev.chatgate.cli.shell.Terminal;
import dev.chatgate.secret.ProviderKey;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code chatgate provider-key …}. */
@Command(
    name = "provider-key",
    description = "Sets and checks the key that the gateway calls its provider with.")
public final class ProviderKeyCommands {
  private static final Pattern FORM = Pattern.compile("[\\x21-\\x7E]{1,4096}");

  private final CommandEnvironment shell;
  private final DeploymentOptions target;

  /**
   * @param shell what is around
   * @param target the deployment
   */
  public ProviderKeyCommands(CommandEnvironment shell, DeploymentOptions target) {
    this.shell = shell;
    this.target = target;
  }

  @Command(
      name = "set",
      description = {
        "Reads the key from standard input, or asks for it without showing it; never an argument.",
        "The key before it stays as AWSPREVIOUS. Instances take the new one within minutes."
      })
  int set() {
    var key = read();
    if (!FORM.matcher(key.secret()).matches()) {
      throw RefusedException.cannotRun(
          "That is no key: 1 to 4096 visible ASCII characters on one line.");
    }
    try (var deployment = target.open()) {
      deployment.providerSecret().put(key);
    }
    shell.out().println("The provider's key is set.");
    return ExitCodes.OK;
  }

  private ProviderKey read() {
    if (!shell.inIsTerminal()) {
      return new ProviderKey(shell.readInput().strip());
    }
    Terminal terminal =
        shell
            .terminal()
            .get()
            .orElseThrow(() ->
                RefusedException.cannotRun(
                    "Give the key on standard input: it cannot be asked for without being shown."));
    return new ProviderKey(terminal.secret("The provider's key: ").strip());
  }

  @Command(
      name = "check",
      description = {
        "Says whether there is a key, since when, and whether the provider takes it; never shows it.",
        "Ends with 0 if it is there and was not refused, 1 if not, 2 if that could not be found out."
      })
  int check(
      @Option(
              names = "--base-url",
              paramLabel = "URL",
              description =
                  "The provider's address, to try it at; else the stack's ProviderBaseUrl, or"
                      + " UPSTREAM_BASE_URL.")
          Optional<String> baseUrl,
      @Option(names = "--json", description = "As JSON.") boolean json) {
    try (var deployment = target.open()) {
      var versions = deployment.providerSecret().versions();
      var key =
          versions.stream().filter(Version::isCurrent).flatMap(v -> v.key().stream()).findFirst();
      if (key.isEmpty()) {
        throw RefusedException.no("There is no key yet; set it with: chatgate provider-key set");
      }
      var answer =
          baseUrl
              .or(deployment::providerBaseUrl)
              .map(url -> new ProviderTrial(url).of(key.get()))
              .orElseGet(ProviderAnswer.NotTried::new);
      print(versions, answer, json);
      return exitCode(answer);
    }
  }

  private void print(List<Version> versions, ProviderAnswer answer, boolean json) {
    shell
        .out()
        .print(
            json
                ? KeyText.json(versions, answer)
                : KeyText.table(versions, answer, shell.clock().instant()));
  }

  private static int exitCode(ProviderAnswer answer) {
    return switch (answer) {
      case ProviderAnswer.Taken _, ProviderAnswer.NotTried _ -> ExitCodes.OK;
      case ProviderAnswer.Refused _ -> ExitCodes.NO;
      case ProviderAnswer.Unclear _, ProviderAnswer.Unreachable _ -> ExitCodes.CANNOT_RUN;
    };
  }
}

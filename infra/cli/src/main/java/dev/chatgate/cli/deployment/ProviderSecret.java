package dev.chatgate.cli.deployment;

import dev.chatgate.secret.ProviderKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/** The secret that holds the provider key. */
public final class ProviderSecret {
  private static final String CURRENT = "AWSCURRENT";

  private final SecretsManagerClient secrets;
  private final String id;

  ProviderSecret(SecretsManagerClient secrets, String id) {
    this.secrets = secrets;
    this.id = id;
  }

  /**
   * A version of the secret with at least one staging label.
   *
   * @param stages the staging labels
   * @param createdAt when the version was created
   * @param key the value; absent if it is empty
   */
  public record Version(List<String> stages, Instant createdAt, Optional<ProviderKey> key) {
    /** Whether this is the version in use, {@code AWSCURRENT}. */
    public boolean isCurrent() {
      return stages.contains(CURRENT);
    }
  }

  /** Stores a new key; the previous one becomes {@code AWSPREVIOUS}. */
  public void put(ProviderKey key) {
    secrets.putSecretValue(request -> request.secretId(id).secretString(key.secret()));
  }

  /** The versions with staging labels: the one in use first, then the newest. */
  public List<Version> versions() {
    var found = new ArrayList<Version>();
    secrets
        .describeSecret(request -> request.secretId(id))
        .versionIdsToStages()
        .forEach((version, stages) -> {
          if (!stages.isEmpty()) {
            read(version, stages).ifPresent(found::add);
          }
        });
    found.sort((left, right) -> {
      int current = Boolean.compare(right.isCurrent(), left.isCurrent());
      return current != 0 ? current : right.createdAt().compareTo(left.createdAt());
    });
    return found;
  }

  private Optional<Version> read(String version, List<String> stages) {
    try {
      var value = secrets.getSecretValue(request -> request.secretId(id).versionId(version));
      var text = Optional.ofNullable(value.secretString()).map(String::strip);
      return Optional.of(
          new Version(
              stages.stream().sorted().toList(),
              value.createdDate(),
              text.filter(key -> !key.isEmpty()).map(ProviderKey::new)));
    } catch (ResourceNotFoundException e) {
      // Deleted since it was listed, or created without a value.
      return Optional.empty();
    }
  }
}

package dev.chatgate.cli.deployment;

import dev.chatgate.secret.ProviderKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/** The secret that holds the provider's key. */
public final class ProviderSecret {
  private static final String CURRENT = "AWSCURRENT";

  private final SecretsManagerClient secrets;
  private final String id;

  ProviderSecret(SecretsManagerClient secrets, String id) {
    this.secrets = secrets;
    this.id = id;
  }

  /**
   * A version that has a label. It does not show its value.
   *
   * @param stages its labels
   * @param createdAt when it was put in
   * @param key its value; absent if it is empty
   */
  public record Version(List<String> stages, Instant createdAt, Optional<ProviderKey> key) {
    /** Whether it is the one that is used. */
    public boolean isCurrent() {
      return stages.contains(CURRENT);
    }
  }

  /** Puts a key in; the one before keeps the label AWSPREVIOUS. */
  public void put(ProviderKey key) {
    secrets.putSecretValue(request -> request.secretId(id).secretString(key.secret()));
  }

  /** The versions that have labels, the one that is used first. */
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
      // Gone since it was listed, or made without a value.
      return Optional.empty();
    }
  }
}

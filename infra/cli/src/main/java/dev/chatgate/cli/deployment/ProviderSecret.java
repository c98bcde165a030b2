package dev.chatgate.cli.deployment;

import dev.chatgate.admin.ProviderSecretWriter;
import dev.chatgate.aws.secret.StoredProviderKey;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.secret.ProviderKey;
import dev.chatgate.secret.ProviderKeyUnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;
import software.amazon.awssdk.services.secretsmanager.model.SecretsManagerException;

/** The secret that holds the provider key. */
public final class ProviderSecret {
  private static final String CURRENT = "AWSCURRENT";
  private static final String ACCESS_DENIED = "AccessDeniedException";

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

  /**
   * Stores a new key; the previous one becomes {@code AWSPREVIOUS}. What else the secret holds is
   * kept.
   *
   * @throws dev.chatgate.StoreUnavailableException if a later release wrote what must not be
   *     ignored
   */
  public void put(ProviderKey key) {
    var secret = ProviderSecretWriter.write(key, current());
    secrets.putSecretValue(request -> request.secretId(id).secretString(secret));
  }

  /**
   * Whether the secret has a value, without reading it.
   *
   * @return empty if the operator may not know
   */
  public Optional<Boolean> isSet() {
    try {
      var versions = secrets.describeSecret(request -> request.secretId(id)).versionIdsToStages();
      return Optional.of(versions.values().stream().anyMatch(stages -> stages.contains(CURRENT)));
    } catch (SecretsManagerException e) {
      if (ACCESS_DENIED.equals(errorCode(e))) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Optional<String> current() {
    try {
      var value = secrets.getSecretValue(request -> request.secretId(id));
      return Optional.ofNullable(value.secretString());
    } catch (ResourceNotFoundException e) {
      // Created without a value; where the secret itself is missing, writing says so.
      return Optional.empty();
    } catch (SecretsManagerException e) {
      if (ACCESS_DENIED.equals(errorCode(e))) {
        // An operator who may only write: nothing is kept that cannot be read.
        return Optional.empty();
      }
      throw e;
    }
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
      return Optional.of(
          new Version(
              stages.stream().sorted().toList(), value.createdDate(), key(value.secretString())));
    } catch (ResourceNotFoundException e) {
      // Deleted since it was listed, or created without a value.
      return Optional.empty();
    }
  }

  private static String errorCode(SecretsManagerException failure) {
    var details = failure.awsErrorDetails();
    return details == null ? "" : String.valueOf(details.errorCode());
  }

  private static Optional<ProviderKey> key(@Nullable String secret) {
    try {
      return StoredProviderKey.read(secret).map(ProviderKey::new);
    } catch (ProviderKeyUnavailableException e) {
      throw CommandException.error("Cannot read the provider key: " + e.getMessage() + ".");
    }
  }
}

package dev.chatgate.cli.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.chatgate.aws.secret.StoredSigningSecret;
import dev.chatgate.cli.console.CommandException;
import dev.chatgate.secret.SigningSecret;
import dev.chatgate.secret.SigningSecretUnavailableException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceExistsException;

/** Reads and changes the secret that holds the signing keys. */
public final class SigningSecretAccess {
  private static final String CURRENT = "AWSCURRENT";

  private final SecretsManagerClient secrets;
  private final String id;

  SigningSecretAccess(SecretsManagerClient secrets, String id) {
    this.secrets = secrets;
    this.id = id;
  }

  /**
   * The secret as it is now.
   *
   * @throws CommandException if it is damaged, or a later release wrote what must not be ignored
   */
  public SigningSecret read() {
    return parsed(value(versions()));
  }

  /**
   * Changes the secret, unless it is changed by another operator at the same time.
   *
   * @param change makes the new string from the one that is stored
   * @return the new secret
   * @throws CommandException if it is changed at the same time, is damaged, or a later release
   *     wrote what must not be ignored; nothing is written then
   */
  public SigningSecret change(UnaryOperator<String> change) {
    var versions = versions();
    var before = value(versions);
    var _ = parsed(before);
    var changed = change.apply(before);
    try {
      var _ =
          secrets.putSecretValue(request ->
              request.secretId(id).secretString(changed).clientRequestToken(token(versions)));
    } catch (ResourceExistsException e) {
      throw CommandException.error(
          "The signing secret was changed at the same time. Nothing was written; run the command"
              + " again.");
    }
    return parsed(changed);
  }

  /** The versions of the secret by staging label. */
  private SortedMap<String, String> versions() {
    var versions = new TreeMap<String, String>();
    secrets
        .describeSecret(request -> request.secretId(id))
        .versionIdsToStages()
        .forEach((version, stages) -> stages.forEach(stage -> versions.put(stage, version)));
    return versions;
  }

  private String value(SortedMap<String, String> versions) {
    var current = versions.get(CURRENT);
    if (current == null) {
      throw CommandException.error("The signing secret has no value.");
    }
    var secret =
        secrets.getSecretValue(request -> request.secretId(id).versionId(current)).secretString();
    return secret == null ? "" : secret;
  }

  /**
   * The id of the version that follows others. Two changes of the same version have the same one,
   * and Secrets Manager refuses to write another value into a version that exists.
   */
  private static String token(SortedMap<String, String> versions) {
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(versions.toString().getBytes(UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  private static SigningSecret parsed(String secret) {
    try {
      return StoredSigningSecret.read(secret);
    } catch (SigningSecretUnavailableException e) {
      throw CommandException.error("Cannot read the signing secret: " + e.getMessage() + ".");
    }
  }
}

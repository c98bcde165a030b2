package dev.chatgate.identity.clientsecret;

import dev.chatgate.secret.SigningKey;
import dev.chatgate.secret.SigningSecret;
import dev.chatgate.secret.SigningSecretUnavailableException;
import dev.chatgate.secret.SigningSecrets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A signing secret that tests set. It remembers the key names that were looked up. */
public final class FixedSigningSecrets implements SigningSecrets {
  private final List<String> lookedUp = new ArrayList<>();
  private SigningSecret secret;
  private boolean away;

  /**
   * @param secret what it holds first
   */
  public FixedSigningSecrets(SigningSecret secret) {
    this.secret = secret;
  }

  /** Replaces the secret. */
  public void set(SigningSecret other) {
    secret = other;
  }

  /** From now on the secret cannot be read. */
  public void goAway() {
    away = true;
  }

  /** The names of the keys that were asked for, in order. */
  public List<String> lookedUp() {
    return lookedUp;
  }

  @Override
  public SigningSecret current() {
    if (away) {
      throw new SigningSecretUnavailableException("the store of secrets is away", null);
    }
    return secret;
  }

  @Override
  public Optional<SigningKey> key(String kid) {
    lookedUp.add(kid);
    return current().key(kid);
  }

  @Override
  public boolean isEdgeSecret(String text) {
    return current().isEdgeSecret(text);
  }
}

package dev.chatgate.secret;

import java.util.Optional;

/** Where the deployment's signing secret comes from. */
public interface SigningSecrets {
  /**
   * The secret, from memory where it is fresh enough.
   *
   * @throws SigningSecretUnavailableException if there is none in memory and the store of secrets
   *     does not answer
   */
  SigningSecret current();

  /**
   * The key of a name. A name that the secret in memory does not have is looked up in the stored
   * one, at most once a minute.
   *
   * @return empty if there is no such key
   * @throws SigningSecretUnavailableException if there is no secret in memory and the store of
   *     secrets does not answer
   */
  Optional<SigningKey> key(String kid);

  /**
   * Whether a text is an edge secret. A text that the secret in memory does not have is looked up
   * in the stored one, at most once a minute, together with names of keys.
   *
   * @throws SigningSecretUnavailableException if there is no secret in memory and the store of
   *     secrets does not answer
   */
  boolean isEdgeSecret(String text);
}

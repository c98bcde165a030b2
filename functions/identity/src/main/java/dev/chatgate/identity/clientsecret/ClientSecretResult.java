package dev.chatgate.identity.clientsecret;

/** What a bearer token that looks like a client secret is. */
public sealed interface ClientSecretResult {
  /** A client secret of this deployment, in force. */
  record Valid(ClientSecret secret) implements ClientSecretResult {}

  /** A client secret of this deployment, past its time. */
  record Expired() implements ClientSecretResult {}

  /** Anything else: changed, of another deployment, signed with an unknown key, or no token. */
  record Invalid() implements ClientSecretResult {}
}

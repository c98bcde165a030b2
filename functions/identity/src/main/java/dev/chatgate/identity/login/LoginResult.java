package dev.chatgate.identity.login;

import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.Tenant;
import java.time.Duration;
import java.util.Optional;

/** What a bearer token that looks like a JSON Web Token is. */
public sealed interface LoginResult {
  /**
   * A token of a login that a tenant accepts, in force.
   *
   * @param tenant the tenant
   * @param endUser the person, with the issuer's prefix
   * @param tier the name of the person's tier, if the token has one
   */
  record Valid(Tenant tenant, EndUser endUser, Optional<String> tier) implements LoginResult {}

  /** A token that would be accepted, but is past its time. */
  record Expired() implements LoginResult {}

  /** Anything else. */
  record Invalid() implements LoginResult {}

  /**
   * The issuer's keys are not known and cannot be fetched now.
   *
   * @param retryAfter when to try again
   */
  record Unavailable(Duration retryAfter) implements LoginResult {}
}

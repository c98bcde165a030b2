package dev.chatgate.cli.user;

import dev.chatgate.quota.report.UsageReader.EndUserState;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.EndUserTier;
import dev.chatgate.tenant.Tenant;
import java.util.Locale;
import java.util.Optional;

/**
 * Where an end user stands, and why.
 *
 * @param tenant the tenant
 * @param endUser the end user
 * @param credentialTier the tier that the end user's credential names, as the operator says
 * @param state what was read
 */
record UserStanding(
    Tenant tenant, EndUser endUser, Optional<String> credentialTier, EndUserState state) {

  /** Who named the tier that is in force. */
  enum Source {
    /** The operator, for this end user. */
    OPERATOR,
    /** The client secret or the login's token. */
    CREDENTIAL,
    /** Nobody. */
    DEFAULT;

    /** The name in JSON and CSV. */
    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Who named the tier that is in force; empty if the tenant has no tiers. */
  Optional<Source> source() {
    return state
        .tier()
        .map(_ -> {
          if (named().isEmpty() || missingTier().isPresent()) {
            return Source.DEFAULT;
          }
          return state.operatorTier().isPresent() ? Source.OPERATOR : Source.CREDENTIAL;
        });
  }

  /** The tier that was named, but that the tenant does not have, so that the default one holds. */
  Optional<String> missingTier() {
    return named().filter(name -> !tenant.endUserTiers().containsKey(name));
  }

  private Optional<String> named() {
    return state.operatorTier().or(this::credentialTier);
  }

  /** The name of the tier in force. */
  Optional<String> tierName() {
    return state.tier().map(EndUserTier::name);
  }
}

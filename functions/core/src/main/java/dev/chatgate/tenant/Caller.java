package dev.chatgate.tenant;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Who makes a call, and what the credential lets it do.
 *
 * @param tenant the tenant, as it was read with the credential
 * @param kind the kind of credential
 * @param keyName the name of the tenant key, or of the one with which the client secret was minted;
 *     {@value #LOGIN_NAME} for a login
 * @param keyCode that key's number in the tenant; {@link #LOGIN_CODE} for a login
 * @param scopes what the credential may be used for
 * @param narrowing what the credential takes away from what the tenant may do
 * @param endUser the person for whom the call is made, if one was named
 * @param credentialTier the name of the person's tier that the credential contains, if it does
 * @param operatorTier the name of the tier that an operator gave the person, as far as is known. It
 *     goes before the credential's
 */
public record Caller(
    Tenant tenant,
    Kind kind,
    String keyName,
    int keyCode,
    Set<Scope> scopes,
    Narrowing narrowing,
    Optional<EndUser> endUser,
    Optional<String> credentialTier,
    Optional<String> operatorTier) {
  /** Stands for the key's name in what is recorded of a call with a login. */
  public static final String LOGIN_NAME = "(login)";

  /** Stands for the key's number in what is recorded of a call with a login. No key has it. */
  public static final int LOGIN_CODE = 65_535;

  /** What a front end's credential may be used for. */
  public static final Set<Scope> FRONT_END = Set.of(Scope.CALLS, Scope.USAGE);

  /** A kind of credential. */
  public enum Kind {
    /** A tenant key, held by a server. */
    TENANT_KEY,
    /** A client secret, held by a browser or an app. */
    CLIENT_SECRET,
    /** A JSON Web Token of the app's own login, held by a browser or an app. */
    LOGIN
  }

  /** Copies the set. */
  public Caller {
    scopes = Set.copyOf(scopes);
  }

  /** A caller without a known tier. */
  public Caller(
      Tenant tenant,
      Kind kind,
      String keyName,
      int keyCode,
      Set<Scope> scopes,
      Narrowing narrowing,
      Optional<EndUser> endUser) {
    this(
        tenant,
        kind,
        keyName,
        keyCode,
        scopes,
        narrowing,
        endUser,
        Optional.empty(),
        Optional.empty());
  }

  /** The caller that uses a tenant key itself. */
  public static Caller of(Credential key) {
    return new Caller(
        key.tenant(),
        Kind.TENANT_KEY,
        key.keyName(),
        key.keyCode(),
        key.scopes(),
        Narrowing.NONE,
        Optional.empty());
  }

  /** The same caller on behalf of a person. */
  public Caller withEndUser(EndUser person) {
    return new Caller(
        tenant,
        kind,
        keyName,
        keyCode,
        scopes,
        narrowing,
        Optional.of(person),
        credentialTier,
        operatorTier);
  }

  /** The same caller with a tier that its credential names. */
  public Caller withCredentialTier(Optional<String> name) {
    return new Caller(
        tenant, kind, keyName, keyCode, scopes, narrowing, endUser, name, operatorTier);
  }

  /** The same caller with a tier that an operator gave the person. */
  public Caller withOperatorTier(Optional<String> name) {
    return new Caller(
        tenant, kind, keyName, keyCode, scopes, narrowing, endUser, credentialTier, name);
  }

  /**
   * The tier that limits the person: the operator's, else the credential's, else the default one.
   * Empty if no person is named or the tenant has no tiers: then only the tenant's limits hold.
   */
  public Optional<EndUserTier> tier() {
    return endUser.flatMap(_ -> tenant.endUserTier(operatorTier.or(() -> credentialTier)));
  }

  /** Whether the person's tier is named, but the tenant has none of that name. */
  public boolean namesUnknownTier() {
    return tier().isPresent()
        && operatorTier
            .or(() -> credentialTier)
            .filter(name -> !tenant.endUserTiers().containsKey(name))
            .isPresent();
  }

  /** Whether the credential is held by a front end, not by one of the tenant's servers. */
  public boolean isFrontEnd() {
    return kind != Kind.TENANT_KEY;
  }

  /**
   * Whether the answer may contain the tenant's totals and limits: not if it goes to a front end or
   * is made for a person.
   */
  public boolean seesTenantTotals() {
    return !isFrontEnd() && endUser.isEmpty();
  }

  /** Whether the credential has a scope. */
  public boolean has(Scope scope) {
    return scopes.contains(scope);
  }

  /**
   * Whether the caller may use a model.
   *
   * @param model the name as the tenant sent it
   */
  public boolean mayUse(String model) {
    return tenant.mayUse(model)
        && tier().map(tier -> tier.mayUse(model)).orElse(true)
        && narrowing.models().map(names -> names.contains(model)).orElse(true);
  }

  /**
   * The most completion tokens of one choice: the lowest of the tenant's, the tier's and the
   * credential's.
   */
  public OptionalLong maxTokensPerRequest() {
    return Stream.of(
            tenant.quota().maxTokensPerRequest(),
            ofTier(Quota::maxTokensPerRequest),
            narrowing.maxTokensPerRequest())
        .flatMapToLong(OptionalLong::stream)
        .min();
  }

  /** Whether money is limited, by the tenant or the tier, so that every model needs a price. */
  public boolean limitsMoney() {
    return tenant.quota().limitsMoney()
        || tier().map(tier -> tier.quota().limitsMoney()).orElse(false);
  }

  /** Completion tokens of a call that names none: the tier's number, else the tenant's. */
  public OptionalLong defaultMaxTokens() {
    var own = ofTier(Quota::defaultMaxTokens);
    return own.isPresent() ? own : tenant.quota().defaultMaxTokens();
  }

  private OptionalLong ofTier(Function<Quota, OptionalLong> limit) {
    return tier().map(EndUserTier::quota).map(limit).orElseGet(OptionalLong::empty);
  }
}

package dev.chatgate.identity.login;

import dev.chatgate.tenant.Issuer;
import dev.chatgate.tenant.RequiredClaim;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds the configuration of a login; what is not set is as usual. */
public final class TestLogins {
  private final String url;
  private final List<String> audiences;
  private final Map<String, RequiredClaim> required = new LinkedHashMap<>();
  private String audienceClaim = Issuer.AUDIENCE_CLAIM;
  private String userClaim = Issuer.USER_CLAIM;
  private Optional<String> userPrefix = Optional.empty();
  private Optional<String> tierClaim = Optional.empty();

  private TestLogins(String url, String... audiences) {
    this.url = url;
    this.audiences = List.of(audiences);
  }

  /** A login with the usual claims. */
  public static TestLogins of(String url, String... audiences) {
    return new TestLogins(url, audiences);
  }

  /** Sets the claim with the audience. */
  public TestLogins audienceClaim(String name) {
    audienceClaim = name;
    return this;
  }

  /** Sets the claim with the end user's id. */
  public TestLogins userClaim(String name) {
    userClaim = name;
    return this;
  }

  /** Sets what stands before the end user's id. */
  public TestLogins userPrefix(String prefix) {
    userPrefix = Optional.of(prefix);
    return this;
  }

  /** Sets the claim with the end user's tier. */
  public TestLogins tierClaim(String name) {
    tierClaim = Optional.of(name);
    return this;
  }

  /** Adds a claim that a token must have. */
  public TestLogins requires(String name, RequiredClaim value) {
    required.put(name, value);
    return this;
  }

  /** The configuration. */
  public Issuer issuer() {
    return new Issuer(
        url,
        audiences,
        audienceClaim,
        userClaim,
        userPrefix,
        required,
        Optional.empty(),
        Optional.empty(),
        tierClaim);
  }
}

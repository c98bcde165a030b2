package dev.chatgate.identity.login;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.identity.keyset.KeyLookup;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.Issuer;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.time.TestClock;
import java.time.Instant;
import java.util.Optional;
import org.jose4j.jwk.PublicJsonWebKey;

/** One tenant, {@code acme}, with one login, and a verifier with all that it asks. */
final class LoginFixture {
  static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
  static final String URL = "https://login.example.com/";
  static final String AUDIENCE = "app";

  final TestClock clock = new TestClock(NOW);
  final MemoryTenants tenants = new MemoryTenants();
  final MemoryKeySets keys = new MemoryKeySets();
  final TestIssuer issuer;
  Tenant tenant;
  final LoginVerifier verifier = new JwtLoginVerifier(tenants, keys, clock);

  LoginFixture() {
    this("ES256");
  }

  /**
   * @param algorithm what the issuer signs with
   */
  LoginFixture(String algorithm) {
    issuer = new TestIssuer(URL).addKey("one", algorithm);
    publish();
    tenant = tenants.add("acme", config());
  }

  /** Lets the verifier see the issuer's keys as they are now. */
  void publish() {
    keys.put(URL, issuer.jwks());
  }

  /** Lets every lookup find one key. */
  void verifyWith(PublicJsonWebKey key) {
    keys.answer(new KeyLookup.Found(key));
  }

  /** The tenant's configuration of the login: the usual claims. */
  static Issuer config() {
    return config(Issuer.AUDIENCE_CLAIM, AUDIENCE);
  }

  /** A configuration of the login with other audiences. */
  static Issuer config(String audienceClaim, String... audiences) {
    return TestLogins.of(URL, audiences).audienceClaim(audienceClaim).issuer();
  }

  /** Replaces the tenant's configuration of the login. */
  void accept(TestLogins login) {
    tenant = tenants.add("acme", login.issuer());
  }

  /** Claims that are accepted, of the person {@code ann}, for an hour. */
  TestJson claims() {
    return new TestJson()
        .text("iss", URL)
        .text("aud", AUDIENCE)
        .text("sub", "ann")
        .number("iat", NOW.getEpochSecond())
        .number("exp", NOW.getEpochSecond() + 3_600);
  }

  String token() {
    return issuer.token(claims());
  }

  void assertValid(String token) {
    assertValid("ann", token);
  }

  void assertValid(String endUser, String token) {
    assertValid(endUser, Optional.empty(), token);
  }

  void assertValid(String endUser, Optional<String> tier, String token) {
    assertEquals(new LoginResult.Valid(tenant, new EndUser(endUser), tier), verifier.verify(token));
  }

  void assertExpired(String token) {
    assertEquals(new LoginResult.Expired(), verifier.verify(token));
  }

  void assertInvalid(String token) {
    assertEquals(new LoginResult.Invalid(), verifier.verify(token));
  }

  /** Asserts that claims make a token invalid that is good otherwise. */
  void assertInvalid(TestJson claims) {
    assertInvalid(issuer.token(claims));
  }
}

package dev.chatgate.identity.login;

import static dev.chatgate.identity.login.LoginFixture.AUDIENCE;
import static dev.chatgate.identity.login.LoginFixture.NOW;
import static dev.chatgate.identity.login.LoginFixture.URL;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.tenant.RequiredClaim;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The times of a token, the person it names, and the claims that a tenant requires. */
class LoginClaimsTest {
  private static final long SECOND = NOW.getEpochSecond();

  private final LoginFixture fixture = new LoginFixture();

  @Test
  void aTokenIsInForceUntilThirtySecondsAfterItsExpiry() {
    var token = fixture.issuer.token(fixture.claims().number("exp", SECOND));

    fixture.assertValid(token);
    fixture.clock.set(NOW.plusSeconds(30).minusNanos(1));
    fixture.assertValid(token);
    fixture.clock.set(NOW.plusSeconds(30));
    fixture.assertExpired(token);
    fixture.clock.advance(Duration.ofDays(10_000));
    fixture.assertExpired(token);
  }

  @Test
  void aTokenIsInForceFromThirtySecondsBeforeItsBeginning() {
    var token = fixture.issuer.token(fixture.claims().number("nbf", SECOND));

    fixture.assertValid(token);
    fixture.clock.set(NOW.minusSeconds(30));
    fixture.assertValid(token);
    fixture.clock.set(NOW.minusSeconds(30).minusNanos(1));
    fixture.assertInvalid(token);
  }

  @Test
  void anExpiredTokenThatHasNotBegunIsInvalid() {
    fixture.assertInvalid(fixture.claims().number("nbf", SECOND + 31).number("exp", SECOND - 60));
  }

  @Test
  void whenATokenWasIssuedDoesNotMatter() {
    fixture.assertValid(fixture.issuer.token(fixture.claims().number("iat", SECOND + 86_400)));
    fixture.assertValid(fixture.issuer.token(fixture.claims().number("iat", 0)));
    fixture.assertValid(fixture.issuer.token(fixture.claims().without("iat")));
  }

  @Test
  void anExpiryIsRequired() {
    fixture.assertInvalid(fixture.claims().without("exp"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "true", "\"4102444800\"", "\"\"", "[4102444800]", "{}"})
  void timesMustBeNumbers(String time) {
    fixture.assertInvalid(fixture.claims().with("exp", time));
    fixture.assertInvalid(fixture.claims().with("nbf", time));
    fixture.assertInvalid(fixture.claims().with("iat", time));
  }

  @Test
  void timesMayHaveFractionsAndExponents() {
    fixture.assertValid(fixture.issuer.token(fixture.claims().with("exp", SECOND + ".5")));
    fixture.assertValid(fixture.issuer.token(fixture.claims().with("exp", "4.1024448e9")));
    fixture.assertValid(fixture.issuer.token(fixture.claims().with("exp", SECOND - 30 + ".001")));
    fixture.assertExpired(fixture.issuer.token(fixture.claims().with("exp", SECOND - 30 + ".0")));
    fixture.assertExpired(
        fixture.issuer.token(fixture.claims().with("exp", SECOND - 31 + ".9999999999")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "-1",
        "1e-400",
        "-1e400",
        "1e-2147483647",
        "-9223372036854775809",
        "0e999999999"
      })
  void timesLongAgoAreOver(String time) {
    fixture.assertExpired(fixture.issuer.token(fixture.claims().with("exp", time)));
    fixture.assertValid(fixture.issuer.token(fixture.claims().with("nbf", time)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e400", "9223372036854775808", "1e2147483647", "1E+9"})
  void timesFarAheadAreNotReached(String time) {
    var ahead = time.equals("1E+9") ? "1E+11" : time;

    fixture.assertValid(fixture.issuer.token(fixture.claims().with("exp", ahead)));
    fixture.assertInvalid(fixture.claims().with("nbf", ahead));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e99999999999",
        "1e-99999999999",
        "1e-2147483648",
        "01",
        "+1",
        ".5",
        "1.",
        "NaN",
        "0x1"
      })
  void numbersThatAreNoneOrTooLargeAreInvalid(String number) {
    fixture.assertInvalid(fixture.claims().with("exp", number));
    fixture.assertInvalid(fixture.claims().with("else", number));
  }

  @Test
  void anExpiredTokenMustBeRightInEverythingElse() {
    var claims = fixture.claims().number("exp", SECOND - 60);
    var token = fixture.issuer.token(claims);
    fixture.assertExpired(token);

    fixture.assertInvalid(token.substring(0, token.length() - 5) + "AAAAA");
    fixture.assertInvalid(
        new TestIssuer(URL).addKey("two", "ES256").token(fixture.issuer.header(), claims));
    fixture.assertInvalid(fixture.claims().number("exp", SECOND - 60).text("aud", "else"));
    fixture.assertInvalid(fixture.claims().number("exp", SECOND - 60).text("sub", ""));
    fixture.accept(TestLogins.of(URL, AUDIENCE).requires("verified", new RequiredClaim.Flag(true)));
    fixture.assertInvalid(token);
    fixture.assertExpired(fixture.issuer.token(claims.with("verified", "true")));
  }

  @Test
  void thePersonIsTheSubject() {
    fixture.assertValid("x", fixture.issuer.token(fixture.claims().text("sub", "x")));
    fixture.assertValid("!~", fixture.issuer.token(fixture.claims().text("sub", "!~")));
    fixture.assertValid(
        "a".repeat(128), fixture.issuer.token(fixture.claims().text("sub", "a".repeat(128))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "1",
        "true",
        "\"\"",
        "\" \"",
        "\"a b\"",
        "\"a\\n\"",
        "\"\\u0000\"",
        "\"\\u007f\"",
        "\"é\"",
        "\"\\ud800\"",
        "[\"ann\"]",
        "{\"id\":\"ann\"}"
      })
  void thePersonMustBeOneTo128VisibleAsciiCharacters(String person) {
    fixture.assertInvalid(fixture.claims().with("sub", person));
    assertEquals(List.of(), fixture.keys.lookups());
  }

  @Test
  void thePersonMustBeNamedAndNotTooLong() {
    fixture.assertInvalid(fixture.claims().without("sub"));
    fixture.assertInvalid(fixture.claims().text("sub", "a".repeat(129)));
  }

  @Test
  void thePersonCanBeInAnotherClaim() {
    fixture.accept(TestLogins.of(URL, AUDIENCE).userClaim("https://example.com/id"));
    fixture.assertValid(
        "7", fixture.issuer.token(fixture.claims().text("https://example.com/id", "7")));
    fixture.assertInvalid(fixture.claims());

    fixture.accept(TestLogins.of(URL, AUDIENCE).userClaim("/firebase/identities/email/0"));
    fixture.assertValid(
        "a@example.com",
        fixture.issuer.token(
            fixture.claims().with("firebase", "{\"identities\":{\"email\":[\"a@example.com\"]}}")));
    fixture.assertInvalid(fixture.claims().text("/firebase/identities/email/0", "literal"));
  }

  @Test
  void thePrefixStandsBeforeThePerson() {
    fixture.accept(TestLogins.of(URL, AUDIENCE).userPrefix("web:"));

    fixture.assertValid("web:ann", fixture.token());
    fixture.assertValid(
        "web:" + "a".repeat(124),
        fixture.issuer.token(fixture.claims().text("sub", "a".repeat(124))));
    fixture.assertInvalid(fixture.claims().text("sub", "a".repeat(125)));
    fixture.assertInvalid(fixture.claims().text("sub", ""));
    fixture.assertInvalid(fixture.claims().without("sub"));
  }

  @Test
  void aRequiredStringIsComparedExactly() {
    fixture.accept(TestLogins.of(URL, AUDIENCE).requires("role", new RequiredClaim.Text("user")));

    fixture.assertValid(fixture.issuer.token(fixture.claims().text("role", "user")));
    fixture.assertValid(fixture.issuer.token(fixture.claims().texts("role", "admin", "user")));
    fixture.assertInvalid(fixture.claims());
    for (var other :
        List.of("null", "true", "1", "\"User\"", "\"user \"", "[]", "[[\"user\"]]", "{\"a\":1}")) {
      fixture.assertInvalid(fixture.claims().with("role", other));
    }
  }

  @Test
  void aRequiredNumberIsComparedByValue() {
    fixture.accept(
        TestLogins.of(URL, AUDIENCE)
            .requires("level", new RequiredClaim.Numeric(new BigDecimal("2"))));

    for (var same : List.of("2", "2.0", "2e0", "0.2e1", "[1, 2.00]")) {
      fixture.assertValid(fixture.issuer.token(fixture.claims().with("level", same)));
    }
    for (var other : List.of("1", "2.01", "-2", "2e400", "\"2\"", "true", "null", "[[2]]")) {
      fixture.assertInvalid(fixture.claims().with("level", other));
    }
  }

  @Test
  void aRequiredBooleanIsComparedExactly() {
    fixture.accept(
        TestLogins.of(URL, AUDIENCE).requires("email_verified", new RequiredClaim.Flag(true)));

    fixture.assertValid(fixture.issuer.token(fixture.claims().with("email_verified", "true")));
    fixture.assertValid(
        fixture.issuer.token(fixture.claims().with("email_verified", "[false,true]")));
    for (var other : List.of("false", "\"true\"", "1", "null", "[]", "{}")) {
      fixture.assertInvalid(fixture.claims().with("email_verified", other));
    }
  }

  @Test
  void aRequiredFalseIsNotAnAbsentClaim() {
    fixture.accept(
        TestLogins.of(URL, AUDIENCE).requires("anonymous", new RequiredClaim.Flag(false)));

    fixture.assertValid(fixture.issuer.token(fixture.claims().with("anonymous", "false")));
    fixture.assertInvalid(fixture.claims());
    fixture.assertInvalid(fixture.claims().with("anonymous", "null"));
  }

  @Test
  void everyRequiredClaimIsRequired() {
    fixture.accept(
        TestLogins.of(URL, AUDIENCE)
            .requires("/app_metadata/plan", new RequiredClaim.Text("pro"))
            .requires("token_use", new RequiredClaim.Text("access")));
    var plan = "{\"plan\":\"pro\"}";

    fixture.assertValid(
        fixture.issuer.token(
            fixture.claims().with("app_metadata", plan).text("token_use", "access")));
    fixture.assertInvalid(fixture.claims().with("app_metadata", plan));
    fixture.assertInvalid(fixture.claims().text("token_use", "access"));
    fixture.assertInvalid(fixture.claims().with("app_metadata", plan).text("token_use", "id"));
  }

  @Test
  void aTokenWithoutARequiredClaimCausesNoLookupOfKeys() {
    fixture.accept(TestLogins.of(URL, AUDIENCE).requires("role", new RequiredClaim.Text("user")));

    fixture.assertInvalid(fixture.token());

    assertEquals(List.of(), fixture.keys.lookups());
  }

  @ParameterizedTest
  @ValueSource(strings = {"plan", "/app_metadata/plan"})
  void theTierIsInTheClaimThatTheIssuerNames(String claim) {
    fixture.accept(TestLogins.of(URL, AUDIENCE).tierClaim(claim));
    var claims =
        claim.equals("plan")
            ? fixture.claims().text("plan", "pro")
            : fixture.claims().with("app_metadata", "{\"plan\":\"pro\"}");
    fixture.assertValid("ann", Optional.of("pro"), fixture.issuer.token(claims));
  }

  @Test
  void withoutATierClaimNoClaimIsATier() {
    fixture.assertValid(
        "ann", Optional.empty(), fixture.issuer.token(fixture.claims().text("tier", "pro")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "true", "7", "[\"pro\"]", "{\"pro\":\"pro\"}"})
  void aTierThatIsNoStringIsNone(String tier) {
    fixture.accept(TestLogins.of(URL, AUDIENCE).tierClaim("plan"));
    fixture.assertValid("ann", fixture.token());
    fixture.assertValid("ann", fixture.issuer.token(fixture.claims().with("plan", tier)));
  }
}

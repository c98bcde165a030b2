package dev.chatgate.identity.login;

import static dev.chatgate.identity.login.LoginFixture.URL;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.tenant.EndUser;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** To which tenant a token belongs, and what finding that costs. */
class LoginTenantTest {
  private static final String OTHER_URL = "https://other.example.com/";

  private final LoginFixture fixture = new LoginFixture();

  @Test
  void aCallReadsTheIndexTheTenantAndTheKeySetOnce() {
    fixture.assertValid(fixture.token());

    assertEquals(1, fixture.tenants.indexReads());
    assertEquals(List.of("acme"), fixture.tenants.reads());
    assertEquals(List.of(URL), fixture.keys.lookups());
  }

  @Test
  void unknownPairsCauseNoReadHoweverMany() {
    var parts = fixture.token().split("\\.", -1);
    for (int i = 0; i < 10_000; i++) {
      var claims =
          i % 2 == 0
              ? fixture.claims().text("aud", "app-" + i)
              : fixture.claims().text("iss", "https://login-" + i + ".example.com/");
      fixture.assertInvalid(
          parts[0] + "." + TestIssuer.base64(claims.toString().getBytes(UTF_8)) + "." + parts[2]);
    }

    assertEquals(10_000, fixture.tenants.indexReads());
    assertEquals(List.of(), fixture.tenants.reads());
    assertEquals(List.of(), fixture.keys.lookups());
  }

  @Test
  void theIssuerIsComparedExactly() {
    for (var issuer :
        List.of(
            "https://login.example.com",
            "https://login.example.com//",
            "https://LOGIN.example.com/",
            "http://login.example.com/",
            "https://login.example.com/ ",
            "https://login.example.com:443/",
            "")) {
      fixture.assertInvalid(fixture.claims().text("iss", issuer));
    }
    assertEquals(List.of(), fixture.tenants.reads());
  }

  @Test
  void theIssuerMustBeAString() {
    fixture.assertInvalid(fixture.claims().without("iss"));
    fixture.assertInvalid(fixture.claims().with("iss", "null"));
    fixture.assertInvalid(fixture.claims().with("iss", "1"));
    fixture.assertInvalid(fixture.claims().texts("iss", URL));
    fixture.assertInvalid(fixture.claims().with("iss", "{\"" + URL + "\":true}"));
  }

  @Test
  void theAudienceMustBeOneOfTheTenants() {
    fixture.assertInvalid(fixture.claims().without("aud"));
    fixture.assertInvalid(fixture.claims().text("aud", ""));
    fixture.assertInvalid(fixture.claims().text("aud", "App"));
    fixture.assertInvalid(fixture.claims().text("aud", "app "));
    fixture.assertInvalid(fixture.claims().with("aud", "null"));
    fixture.assertInvalid(fixture.claims().with("aud", "1"));
    fixture.assertInvalid(fixture.claims().with("aud", "[]"));
    fixture.assertInvalid(fixture.claims().with("aud", "{\"app\":true}"));
    fixture.assertInvalid(fixture.claims().with("aud", "[[\"app\"]]"));
    fixture.assertInvalid(fixture.claims().with("aud", "[{\"app\":\"app\"}]"));
  }

  @Test
  void aListOfAudiencesMustContainOneOfTheTenants() {
    fixture.assertValid(
        fixture.issuer.token(fixture.claims().texts("aud", "https://userinfo", "app")));
    fixture.assertInvalid(fixture.claims().texts("aud", "https://userinfo", "apple"));
  }

  @Test
  void theAudienceInAnotherClaimDoesNotCount() {
    fixture.assertInvalid(fixture.claims().text("aud", "else").text("client_id", "app"));
    fixture.assertInvalid(fixture.claims().text("aud", "else").with("x", "{\"aud\":[\"app\"]}"));
    assertEquals(List.of(), fixture.keys.lookups());
  }

  @Test
  void anotherClaimCanHoldTheAudience() {
    fixture.tenants.replace("acme", LoginFixture.config("client_id", "app"));

    assertValidFor("acme", fixture.claims().without("aud").text("client_id", "app"));
    fixture.assertInvalid(fixture.claims());
  }

  @Test
  void aPointerCanNameTheClaimWithTheAudience() {
    fixture.tenants.replace("acme", LoginFixture.config("/app/clients", "app"));

    assertValidFor(
        "acme", fixture.claims().without("aud").with("app", "{\"clients\":[\"x\",\"app\"]}"));
    fixture.assertInvalid(fixture.claims());
  }

  @Test
  void aTenantCanAcceptTwoKindsOfTokensOfOneIssuer() {
    fixture.tenants.add("acme", LoginFixture.config(), LoginFixture.config("client_id", "mobile"));

    assertValidFor("acme", fixture.claims());
    assertValidFor("acme", fixture.claims().without("aud").text("client_id", "mobile"));
    fixture.assertInvalid(fixture.claims().text("aud", "mobile"));
    fixture.assertInvalid(fixture.claims().without("aud").text("client_id", "app"));
  }

  @Test
  void audiencesOfTwoTenantsAreNobodys() {
    fixture.tenants.add("other", LoginFixture.config("aud", "other-app"));

    fixture.assertInvalid(fixture.claims().texts("aud", "app", "other-app"));
    assertEquals(List.of(), fixture.keys.lookups());
    assertValidFor("acme", fixture.claims());
    assertValidFor("other", fixture.claims().text("aud", "other-app"));
  }

  @Test
  void audiencesOfTwoTenantsAreNobodysAlsoInDifferentClaims() {
    fixture.tenants.add("other", LoginFixture.config("client_id", "other-app"));

    fixture.assertInvalid(fixture.claims().text("client_id", "other-app"));
    fixture.assertInvalid(fixture.claims().texts("aud", "app", "other-app"));
  }

  @Test
  void anAudienceOfAnotherTenantOutsideTheAudienceClaimIsIgnored() {
    fixture.tenants.add("other", LoginFixture.config("aud", "other-app"));

    assertValidFor("acme", fixture.claims().text("azp", "other-app"));
  }

  @Test
  void aTokenThatNamesTheAudiencesOfManyTenantsIsRefusedBeforeAnyRead() {
    var audiences = new ArrayList<>(List.of("app"));
    for (int i = 1; i < LoginFinder.MAX_TENANTS; i++) {
      fixture.tenants.add("tenant" + i, LoginFixture.config("client_id", "app" + i));
      audiences.add("app" + i);
    }
    var most = fixture.claims().texts("azp", audiences.toArray(String[]::new));
    assertValidFor("acme", most);
    assertEquals(LoginFinder.MAX_TENANTS, fixture.tenants.reads().size());
    fixture.tenants.add("another", LoginFixture.config("client_id", "another-app"));
    fixture.assertInvalid(most.text("nonce", "another-app"));
    assertEquals(LoginFinder.MAX_TENANTS, fixture.tenants.reads().size());
  }

  @Test
  void oneAudienceOfTwoIssuersBelongsToTheIssuersTenant() {
    var other = new TestIssuer(OTHER_URL).addKey("one", "RS256");
    fixture.keys.put(OTHER_URL, other.jwks());
    fixture.tenants.add("other", TestLogins.of(OTHER_URL, "app").issuer());
    var claims = fixture.claims().text("iss", OTHER_URL);

    assertEquals("other", tenantOf(other.token(claims)));
    fixture.assertInvalid(fixture.issuer.token(claims));
    assertEquals(List.of("other", "other"), fixture.tenants.reads());
  }

  @Test
  void aTenantThatWasDeletedHasNoLogin() {
    fixture.tenants.remove("acme");

    fixture.assertInvalid(fixture.token());
    assertEquals(List.of(), fixture.keys.lookups());
  }

  @Test
  void anIssuerThatWasRemovedFromTheTenantIsNotAccepted() {
    fixture.tenants.replace("acme");

    fixture.assertInvalid(fixture.token());
    assertEquals(List.of(), fixture.keys.lookups());
  }

  @Test
  void aPairThatTheIndexDoesNotHaveIsNotAccepted() {
    fixture.tenants.release(URL, "app");

    fixture.assertInvalid(fixture.token());
    assertEquals(List.of(), fixture.tenants.reads());
  }

  @Test
  void aTenantsAudienceThatBelongsToAnotherIsNotAccepted() {
    fixture.tenants.add("thief", LoginFixture.config("aud", "thief-app"));
    fixture.tenants.replace("thief", LoginFixture.config("aud", "thief-app", "app"));

    assertValidFor("acme", fixture.claims().text("azp", "thief-app"));
  }

  @Test
  void anAudienceThatOnlyTheIndexHasIsNotAccepted() {
    fixture.tenants.replace("acme", LoginFixture.config("aud", "new-app"));

    fixture.assertInvalid(fixture.token());
    assertEquals(List.of(), fixture.keys.lookups());
  }

  private void assertValidFor(String tenant, TestJson claims) {
    assertEquals(tenant, tenantOf(fixture.issuer.token(claims)));
  }

  private String tenantOf(String token) {
    return fixture.verifier.verify(token) instanceof LoginResult.Valid(var tenant, EndUser _, _)
        ? tenant.id().value()
        : "none";
  }
}

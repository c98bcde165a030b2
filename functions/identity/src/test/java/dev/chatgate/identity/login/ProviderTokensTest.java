package dev.chatgate.identity.login;

import static dev.chatgate.identity.login.LoginFixture.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.RequiredClaim;
import dev.chatgate.tenant.Tenant;
import dev.chatgate.time.TestClock;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tokens as the providers of logins make them, and the configuration that fits each. */
class ProviderTokensTest {
  private static final long SECOND = NOW.getEpochSecond();

  private final MemoryTenants tenants = new MemoryTenants();
  private final MemoryKeySets keys = new MemoryKeySets();
  private final LoginVerifier verifier = new JwtLoginVerifier(tenants, keys, new TestClock(NOW));

  @Test
  void cognitosAccessTokenHasTheClientIdForAnAudience() {
    var pool = issuer("https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab1", "RS256");
    var acme =
        tenants.add(
            "acme",
            TestLogins.of(pool.url(), "1h57kf5cpq17m0eml12EXAMPLE")
                .audienceClaim("client_id")
                .requires("token_use", new RequiredClaim.Text("access"))
                .issuer());
    var claims =
        """
        {"sub":"aaaaaaaa-bbbb-cccc-dddd-example","cognito:groups":["beta"],\
        "iss":"%s","version":2,"client_id":"1h57kf5cpq17m0eml12EXAMPLE",\
        "origin_jti":"f1","token_use":"access","scope":"openid","auth_time":%d,\
        "exp":%d,"iat":%d,"jti":"a1","username":"my-test-user"}\
        """
            .formatted(pool.url(), SECOND, SECOND + 3_600, SECOND);
    // Cognito's header has no typ.
    var header = pool.header().without("typ").toString();

    assertValid(acme, "aaaaaaaa-bbbb-cccc-dddd-example", pool.token(header, claims));
    assertInvalid(pool.token(header, claims.replace("\"access\"", "\"id\"")));
  }

  @Test
  void cognitosIdTokenHasAnAudience() {
    var pool = issuer("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab1", "RS256");
    var acme =
        tenants.add("acme", TestLogins.of(pool.url(), "client").userPrefix("cognito:").issuer());
    var claims =
        """
        {"sub":"bbbb","email_verified":true,"iss":"%s","cognito:username":"ann",\
        "aud":"client","event_id":"e1","token_use":"id","auth_time":%d,"exp":%d,"iat":%d,\
        "email":"ann@example.com"}\
        """
            .formatted(pool.url(), SECOND, SECOND + 300, SECOND);

    assertValid(acme, "cognito:bbbb", pool.token(pool.header().toString(), claims));
  }

  @Test
  void auth0sAccessTokenHasAListOfAudiencesAndNamespacedClaims() {
    var domain = issuer("https://acme.eu.auth0.com/", "RS256");
    var acme =
        tenants.add(
            "acme",
            TestLogins.of(domain.url(), "https://api.example.com")
                .requires("https://example.com/plan", new RequiredClaim.Text("pro"))
                .issuer());
    var claims =
        """
        {"https://example.com/plan":"pro","iss":"%s","sub":"auth0|5f7c8ec7c33c6c004bbafe82",\
        "aud":["https://api.example.com","https://acme.eu.auth0.com/userinfo"],\
        "iat":%d,"exp":%d,"azp":"my_client_id","scope":"openid profile","permissions":[]}\
        """
            .formatted(domain.url(), SECOND, SECOND + 86_400);

    assertValid(
        acme,
        "auth0|5f7c8ec7c33c6c004bbafe82",
        domain.token(domain.header().text("typ", "at+jwt").toString(), claims));
    assertInvalid(domain.token(domain.header().toString(), claims.replace("\"pro\"", "\"free\"")));
  }

  @Test
  void firebasesTokenNamesItsProjectAndItsKeysRotate() {
    var project = issuer("https://securetoken.google.com/acme-app", "RS256");
    var acme =
        tenants.add(
            "acme",
            TestLogins.of(project.url(), "acme-app")
                .requires("/firebase/sign_in_provider", new RequiredClaim.Text("google.com"))
                .issuer());
    var claims =
        """
        {"name":"Ann","iss":"%s","aud":"acme-app","auth_time":%d,"user_id":"Fe1","sub":"Fe1",\
        "iat":%d,"exp":%d,"email":"ann@example.com","email_verified":true,\
        "firebase":{"identities":{"google.com":["1"],"email":["ann@example.com"]},\
        "sign_in_provider":"google.com"}}\
        """
            .formatted(project.url(), SECOND, SECOND, SECOND + 3_600);
    var before = project.token(project.header().toString(), claims);
    assertValid(acme, "Fe1", before);
    assertInvalid(
        project.token(
            project.header().toString(),
            claims.replace("_provider\":\"google.com", "_provider\":\"anonymous")));

    project.addKey("second", "RS256");
    keys.put(project.url(), project.jwks());
    assertValid(acme, "Fe1", before);
    assertValid(acme, "Fe1", project.token(project.header().toString(), claims));

    project.removeKey("first");
    keys.put(project.url(), project.jwks());
    assertInvalid(before);
    assertValid(acme, "Fe1", project.token(project.header().toString(), claims));
  }

  @Test
  void entrasTokenNamesItsDirectoryAndItsKeysHaveNoAlgorithm() {
    var directory = "9188040d-6c67-4c5b-b112-36a304b66dad";
    var entra = issuer("https://login.microsoftonline.com/" + directory + "/v2.0", "RS256");
    entra.jwks().forEach(key -> assertNull(key.getAlgorithm()));
    var acme =
        tenants.add(
            "acme",
            TestLogins.of(entra.url(), "6cb04018-a3f5-46a7-b995-940c78f5aef3")
                .userClaim("oid")
                .requires("tid", new RequiredClaim.Text(directory))
                .issuer());
    var claims =
        """
        {"aud":"6cb04018-a3f5-46a7-b995-940c78f5aef3","iss":"%s","iat":%d,"nbf":%d,"exp":%d,\
        "aio":"Df2UVXL1","azp":"6cb04018","azpacr":"0","name":"Ann","oid":"00000000-0000",\
        "preferred_username":"ann@example.com","rh":"I","sub":"AAAA","tid":"%s","uti":"fq",\
        "ver":"2.0"}\
        """
            .formatted(entra.url(), SECOND, SECOND, SECOND + 4_000, directory);
    var header = entra.header().text("x5t", "CtTuhMJmD5M7DLdzD2v2x3QKSRY");

    assertValid(acme, "00000000-0000", entra.token(header.toString(), claims));
    assertInvalid(entra.token(header.toString(), claims.replace("6cb04018-a3f5", "00000003-0000")));
  }

  @Test
  void supabasesTokenIsForEveryAuthenticatedUser() {
    var project = issuer("https://abcdefgh.supabase.co/auth/v1", "ES256");
    var acme =
        tenants.add(
            "acme",
            TestLogins.of(project.url(), "authenticated")
                .requires("/app_metadata/plan", new RequiredClaim.Text("pro"))
                .requires("is_anonymous", new RequiredClaim.Flag(false))
                .issuer());
    var claims =
        """
        {"aal":"aal1","amr":[{"method":"password","timestamp":%d}],\
        "app_metadata":{"plan":"pro","provider":"email","providers":["email"]},\
        "aud":"authenticated","email":"ann@example.com","exp":%d,"iat":%d,"iss":"%s",\
        "phone":"","role":"authenticated","session_id":"s","sub":"c1a5","user_metadata":{},\
        "is_anonymous":false}\
        """
            .formatted(SECOND, SECOND + 3_600, SECOND, project.url());
    var header = project.header().toString();

    assertValid(acme, "c1a5", project.token(header, claims));
    assertInvalid(project.token(header, claims.replace("\"plan\":\"pro\"", "\"plan\":\"free\"")));
    assertInvalid(project.token(header, claims.replace("\"is_anonymous\":false", "\"x\":1")));
  }

  @Test
  void clerksTokenNamesItsPartyInAnotherClaim() {
    var app = issuer("https://clerk.example.com", "RS256");
    var acme =
        tenants.add(
            "acme",
            TestLogins.of(app.url(), "https://app.example.com").audienceClaim("azp").issuer());
    var claims =
        """
        {"azp":"https://app.example.com","exp":%d,"fva":[0,-1],"iat":%d,"iss":"%s","nbf":%d,\
        "sid":"sess_1","sts":"active","sub":"user_2","v":2}\
        """
            .formatted(SECOND + 60, SECOND, app.url(), SECOND - 10);
    var header = app.header().text("cat", "cl_B7d4PD111AAA").toString();

    assertValid(acme, "user_2", app.token(header, claims));
    assertInvalid(app.token(header, claims.replace("app.example.com", "evil.example.com")));
  }

  @Test
  void oktasAccessTokenHasItsPersonInUid() {
    var server = issuer("https://acme.okta.com/oauth2/default", "RS256");
    var acme =
        tenants.add(
            "acme",
            TestLogins.of(server.url(), "api://default")
                .userClaim("uid")
                .requires("scp", new RequiredClaim.Text("chat"))
                .issuer());
    var claims =
        """
        {"ver":1,"jti":"AT.0","iss":"%s","aud":"api://default","iat":%d,"exp":%d,\
        "cid":"0oa1","uid":"00u1","scp":["openid","chat"],"sub":"ann@example.com"}\
        """
            .formatted(server.url(), SECOND, SECOND + 3_600);
    var header = server.header().without("typ").toString();

    assertValid(acme, "00u1", server.token(header, claims));
    assertInvalid(server.token(header, claims.replace(",\"chat\"", "")));
  }

  @Test
  void appChecksTokenNamesAnAppAndTwoNamesOfItsProject() {
    var check = issuer("https://firebaseappcheck.googleapis.com/123456", "RS256");
    var acme = tenants.add("acme", TestLogins.of(check.url(), "projects/123456").issuer());
    var claims =
        """
        {"sub":"1:123456:web:a1b2","aud":["projects/123456","projects/acme-app"],\
        "provider":"recaptcha_enterprise","iss":"%s","exp":%d,"iat":%d,"jti":"j"}\
        """
            .formatted(check.url(), SECOND + 3_600, SECOND);
    var header = check.header().toString();

    assertValid(acme, "1:123456:web:a1b2", check.token(header, claims));
    assertInvalid(check.token(header, claims.replace("projects/123456", "projects/654321")));
  }

  private TestIssuer issuer(String url, String algorithm) {
    var issuer = new TestIssuer(url).addKey("first", algorithm);
    keys.put(url, issuer.jwks());
    return issuer;
  }

  private void assertValid(Tenant tenant, String endUser, String token) {
    assertEquals(
        new LoginResult.Valid(tenant, new EndUser(endUser), Optional.empty()),
        verifier.verify(token));
  }

  private void assertInvalid(String token) {
    assertEquals(new LoginResult.Invalid(), verifier.verify(token));
  }
}

package dev.chatgate.identity.login;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.chatgate.tenant.EndUser;
import java.util.List;
import java.util.Map;
import org.jose4j.json.JsonUtil;
import org.jose4j.lang.JoseException;

/**
 * What must hold for any text: it gets an answer, never an exception. As a token it is invalid,
 * because the issuer did not sign it. As the header and the claims of a token that the issuer
 * signed, it is valid only if another JSON parser finds the same issuer, audience and person in it.
 */
final class LoginFuzz {
  private final LoginFixture fixture = new LoginFixture();

  /**
   * Checks a text.
   *
   * @param bytes a token; or a header, a line feed and claims
   * @return the answer to the signed token, or to the text if it has no line feed
   */
  LoginResult check(byte[] bytes) {
    var text = new String(bytes, UTF_8);
    var result = fixture.verifier.verify(text);
    require(result instanceof LoginResult.Invalid, "accepted a token without a signature");
    int end = text.indexOf('\n');
    return end < 0 ? result : checkSigned(text.substring(0, end), text.substring(end + 1));
  }

  private LoginResult checkSigned(String header, String claims) {
    int reads = fixture.tenants.reads().size();
    var result = fixture.verifier.verify(fixture.issuer.token(header, claims));
    require(fixture.tenants.reads().size() <= reads + 1, "read more than the only tenant");
    if (result instanceof LoginResult.Valid(var tenant, EndUser(var person), _)) {
      var found = parsed(claims);
      require(tenant.equals(fixture.tenant), "another tenant");
      require(LoginFixture.URL.equals(found.get("iss")), "another issuer");
      require(
          found.get("aud") instanceof List<?> audiences
              ? audiences.contains(LoginFixture.AUDIENCE)
              : LoginFixture.AUDIENCE.equals(found.get("aud")),
          "another audience");
      require(person.equals(found.get("sub")), "another person");
      require("ES256".equals(parsed(header).get("alg")), "another algorithm");
    }
    return result;
  }

  private static Map<String, Object> parsed(String json) {
    try {
      return JsonUtil.parseJson(json);
    } catch (JoseException e) {
      throw new AssertionError("no JSON for another parser", e);
    }
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new AssertionError(message);
    }
  }
}

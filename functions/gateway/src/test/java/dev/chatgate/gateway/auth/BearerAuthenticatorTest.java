package dev.chatgate.gateway.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.chatgate.gateway.GatewayHarness;
import dev.chatgate.gateway.RecordingDirectory;
import dev.chatgate.openai.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BearerAuthenticatorTest {
  private static final String KEY = "cg_" + "0".repeat(64);

  private final List<String> asked = new ArrayList<>();
  private final RecordingDirectory tenants = new RecordingDirectory();
  private Optional<Authentication> answer = Optional.empty();
  private final BearerAuthenticator bearers =
      new BearerAuthenticator(tenants, asking("key"), asking("client secret"), asking("login"));

  BearerAuthenticatorTest() {
    tenants.anyKeyForm = false;
  }

  private TokenAuthenticator asking(String kind) {
    return token -> {
      asked.add(kind);
      return kind.equals("key") ? Optional.empty() : answer;
    };
  }

  private ErrorCode refusal(String token) {
    var request =
        GatewayHarness.request("GET", "/", Map.of("authorization", "Bearer " + token), "");
    return assertInstanceOf(Authentication.Refused.class, bearers.authenticate(request))
        .error()
        .code();
  }

  @ParameterizedTest
  @CsvSource({
    "ek_,[client secret],[index]",
    "ek_a.b.c,[client secret],[index]",
    "eyJ.eyJ.c,[login],[index]",
    "ey..,[login],[index]",
    "eyJ.eyJ,[],[index]",
    "eyJ.a.b.c,[],[index]",
    "eyJ.a.b.c.d,[],[index]",
    "EK_a.b.c,[],[index]",
    "e,[],[index]",
    "cg_,[],[index]",
    "sk-0123456789abcdef,[],[index]"
  })
  void theFormSaysWhatATokenIs(String token, String checked, String reads) {
    assertEquals(ErrorCode.INVALID_API_KEY, refusal(token));
    assertEquals(checked, asked.toString());
    assertEquals(reads, tenants.reads.toString());
  }

  @Test
  void aGeneratedKeyIsLookedUpWithoutTheIndex() {
    assertEquals(ErrorCode.INVALID_API_KEY, refusal(KEY));
    assertEquals(List.of("key"), asked);
    assertEquals(List.of(), tenants.reads);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cg_000000000000000000000000000000000000000000000000000000000000000",
        "cg_00000000000000000000000000000000000000000000000000000000000000000",
        "cg_000000000000000000000000000000000000000000000000000000000000000A",
        "CG_0000000000000000000000000000000000000000000000000000000000000000"
      })
  void whatIsAlmostAGeneratedKeyIsNotLookedUp(String token) {
    assertEquals(ErrorCode.INVALID_API_KEY, refusal(token));
    assertEquals(List.of(), asked);
  }

  @ParameterizedTest
  @CsvSource({
    "k,[key]",
    "ek_my-key,'[client secret, key]'",
    "ey.my.key,'[login, key]'",
    "eyes,[key]"
  })
  void whereKeysMayHaveAnyFormTheyAreLookedUpUnlessTheyAreTokens(String token, String checked) {
    tenants.anyKeyForm = true;
    assertEquals(ErrorCode.INVALID_API_KEY, refusal(token));
    assertEquals(checked, asked.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ek_a.b.c", "eyJ.a.b"})
  void aTokenThatWasRefusedAsSuchIsNoKey(String token) {
    tenants.anyKeyForm = true;
    answer = Optional.of(new Authentication.Refused(AuthenticationErrors.expired()));
    assertEquals(ErrorCode.CREDENTIAL_EXPIRED, refusal(token));
    assertEquals(1, asked.size());
    assertEquals(List.of(), tenants.reads);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ek_a b", "eyJ.a.\u00e9", "a\tb", "a\u0000", "a\u007f", "\ud83d\ude00"})
  void otherCharactersThanVisibleAsciiAreRefusedAtOnce(String token) {
    tenants.anyKeyForm = true;
    assertEquals(ErrorCode.INVALID_API_KEY, refusal(token));
    assertEquals(List.of(), asked);
    assertEquals(List.of(), tenants.reads);
  }

  @ParameterizedTest
  @ValueSource(strings = {"k", "ek_", "ey.."})
  void aTokenMayHave8192Bytes(String begin) {
    tenants.anyKeyForm = true;
    assertEquals(
        ErrorCode.INVALID_API_KEY,
        refusal(begin + "x".repeat(BearerAuthenticator.MAX_BYTES + 1 - begin.length())));
    assertEquals(List.of(), asked);
    assertEquals(
        ErrorCode.INVALID_API_KEY,
        refusal(begin + "x".repeat(BearerAuthenticator.MAX_BYTES - begin.length())));
    assertEquals("key", asked.getLast());
  }
}

package dev.chatgate.gateway.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.chatgate.admin.TenantJson;
import dev.chatgate.gateway.GatewayHarness;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.Narrowing;
import dev.chatgate.tenant.Scope;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndUserHeaderTest {
  private static EndUserHeader.Read read(String value, Caller.Kind kind, Scope... scopes) {
    var caller =
        new Caller(
            TenantJson.readOne("{\"id\":\"acme\"}").tenant(),
            kind,
            "ci",
            0,
            Set.of(scopes),
            Narrowing.NONE,
            Optional.empty());
    return EndUserHeader.read(
        GatewayHarness.request("GET", "/", Map.of("x-chatgate-end-user", value), ""), caller);
  }

  private static EndUserHeader.Read read(String value) {
    return read(value, Caller.Kind.TENANT_KEY, Scope.END_USER_HEADER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "~!\"#$%&'()*+-./:;<=>?@[\\]^_`{|}", "auth0|5f7c", "ann@example.com"})
  void anIdIsVisibleAscii(String id) {
    assertEquals(new EndUserHeader.Read.Named(new EndUser(id)), read(id));
  }

  @Test
  void anIdHasUpTo128Characters() {
    assertInstanceOf(EndUserHeader.Read.Named.class, read("x".repeat(128)));
    assertInstanceOf(EndUserHeader.Read.Invalid.class, read("x".repeat(129)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a,b", ",", "a\tb", "\u00fc", "a\n", "a\u007f"})
  void anythingElseIsRefusedWithoutAQuote(String value) {
    var error = assertInstanceOf(EndUserHeader.Read.Invalid.class, read(value)).error();
    assertEquals(ErrorCode.INVALID_VALUE, error.code());
    assertEquals(Optional.of("x-chatgate-end-user"), error.param());
    assertFalse(error.message().contains("a b"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Caller.Kind.class,
      names = {"CLIENT_SECRET", "LOGIN"})
  void aFrontEndCannotNameThePerson(Caller.Kind kind) {
    assertEquals(
        new EndUserHeader.Read.Ignored(),
        read("ann", kind, Scope.CALLS, Scope.USAGE, Scope.END_USER_HEADER));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ann", "", "a,b"})
  void aKeyWithoutTheScopeCannotEither(String value) {
    assertEquals(
        new EndUserHeader.Read.Ignored(),
        read(value, Caller.Kind.TENANT_KEY, Scope.CALLS, Scope.USAGE, Scope.CLIENT_SECRETS));
  }

  @Test
  void withoutTheHeaderNobodyIsNamed() {
    var caller =
        new Caller(
            TenantJson.readOne("{\"id\":\"acme\"}").tenant(),
            Caller.Kind.TENANT_KEY,
            "ci",
            0,
            Scope.all(),
            Narrowing.NONE,
            Optional.empty());
    assertEquals(
        new EndUserHeader.Read.Absent(),
        EndUserHeader.read(GatewayHarness.request("GET", "/", Map.of(), ""), caller));
  }
}

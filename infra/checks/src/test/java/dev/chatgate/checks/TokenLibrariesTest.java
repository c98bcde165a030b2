package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.chatgate.aws.secret.StoredSigningSecret;
import dev.chatgate.local.LocalSettings;
import dev.chatgate.local.LocalStack;
import dev.chatgate.local.upstream.Pacing;
import dev.chatgate.secret.SigningKey;
import dev.chatgate.testkit.ScriptedProvider;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The doors of the local stack with tokens that third-party libraries have made, and client secrets
 * in the hands of these libraries.
 */
@Tag("outside")
class TokenLibrariesTest {
  private static final Path FOLDER = Repository.TARGET.resolve("tokens");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEY = "cg_tokens_server";
  private static final String TYPE = "chatgate-client-secret+jwt";

  /** How long a rotated key may stay unknown: a key set is fetched at most once in 30 seconds. */
  private static final Duration MAX_ROTATION = Duration.ofMinutes(1);

  private static final List<String> ALGORITHMS =
      List.of(
          "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA");

  private static final String ANSWER =
      """
      {"id":"1","object":"chat.completion","created":1,"model":"provider/model","choices":[{"index":0,\
      "message":{"role":"assistant","content":"Hello."},"finish_reason":"stop"}],\
      "usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}\
      """;

  private static final Map<TokenLibrary, TokenLibrary.Minted> MINTED =
      new EnumMap<>(TokenLibrary.class);

  private static ScriptedProvider provider;
  private static PageServer keySets;
  private static NodeServer issuer;
  private static LocalStack stack;
  private static HttpClient http;

  /** Where the gateway finds an issuer's key set. */
  enum KeySource {
    /** In the tenant's configuration. */
    INLINE,
    /** At the tenant's {@code jwks_uri}. */
    URI
  }

  /** A tenant with the logins of one library. */
  record Login(TokenLibrary library, KeySource source) {
    String tenant() {
      return (library + "-" + source).toLowerCase(Locale.ROOT);
    }

    String issuer() {
      return "https://%s.example/".formatted(library.name().toLowerCase(Locale.ROOT));
    }

    String token(String algorithm, Fault fault) {
      return fault.signer(library).token(name(algorithm, fault));
    }

    String name(String algorithm, Fault fault) {
      return tenant() + " " + algorithm + " " + fault;
    }
  }

  /** What is wrong with a token. */
  enum Fault {
    /** Nothing. */
    NONE,
    /** It has expired. */
    EXPIRED,
    /** It is valid in an hour. */
    NOT_YET,
    /** It never expires. */
    NO_EXPIRY,
    /** It is for another app. */
    AUDIENCE,
    /** It names another issuer. */
    ISSUER,
    /** It names no end user. */
    NO_USER,
    /** The other library's key of the same name has signed it. */
    KEY;

    private TokenLibrary signerOf(TokenLibrary library) {
      return this == KEY ? library.other() : library;
    }

    TokenLibrary.Minted signer(TokenLibrary library) {
      return minted(signerOf(library));
    }

    ObjectNode claims(Login login, String algorithm) {
      long now = Instant.now().getEpochSecond();
      var claims =
          JSON.createObjectNode()
              .put("iss", login.issuer())
              .put("aud", login.tenant())
              .put("sub", algorithm)
              .put("iat", now)
              .put("exp", now + 3_600);
      return switch (this) {
        case NONE, KEY -> claims;
        case EXPIRED -> claims.put("exp", now - 60);
        case NOT_YET -> claims.put("nbf", now + 3_600);
        case NO_EXPIRY -> claims.without("exp");
        case AUDIENCE -> claims.put("aud", "another-app");
        case ISSUER -> claims.put("iss", "https://another.example/");
        case NO_USER -> claims.without("sub");
      };
    }
  }

  @BeforeAll
  static void start() throws Exception {
    var site = Files.createDirectories(FOLDER.resolve("site"));
    for (var library : TokenLibrary.values()) {
      var minted = library.mint(orders(library));
      MINTED.put(library, minted);
      Files.writeString(site.resolve(library + ".json"), minted.jwks().toString());
    }
    http = HttpClient.newHttpClient();
    provider = new ScriptedProvider(wire -> wire.json(200, ANSWER));
    keySets = new PageServer(site);
    issuer = NodeServer.start(ExternalTools.nodePath(), "infra/checks/npm/issuer.cjs", "localhost");
    var tenants = Files.writeString(FOLDER.resolve("tenants.json"), tenants().toString());
    stack = stack(tenants);
    stack.awaitReady();
  }

  private static TokenLibrary.Minted minted(TokenLibrary library) {
    return Optional.ofNullable(MINTED.get(library)).orElseThrow();
  }

  private static List<TokenLibrary.Order> orders(TokenLibrary library) {
    var orders = new ArrayList<TokenLibrary.Order>();
    for (var login : logins().toList()) {
      for (var fault : Fault.values()) {
        if (fault.signerOf(login.library()) == library) {
          ALGORITHMS.forEach(algorithm -> orders.add(order(login, algorithm, fault)));
        }
      }
      if (login.library() == library) {
        orders.add(order(login, "none", Fault.NONE));
      }
      if (library == TokenLibrary.JOSE) {
        orders.add(order(login, "HS256", Fault.NONE));
      }
    }
    return orders;
  }

  private static TokenLibrary.Order order(Login login, String algorithm, Fault fault) {
    return new TokenLibrary.Order(
        login.name(algorithm, fault), algorithm, fault.claims(login, algorithm));
  }

  private static JsonNode tenants() {
    var tenants = JSON.createArrayNode();
    logins()
        .forEach(login -> {
          var own = tenants.addObject().put("id", login.tenant()).putArray("issuers").addObject();
          own.put("issuer", login.issuer()).putArray("audiences").add(login.tenant());
          switch (login.source()) {
            case INLINE -> own.set("jwks", minted(login.library()).jwks());
            case URI -> own.put("jwks_uri", keySets.origin() + "/" + login.library() + ".json");
          }
        });
    var discovered = tenants.addObject().put("id", "discovered").putArray("issuers").addObject();
    discovered.put("issuer", issuer.url()).putArray("audiences").add("app");
    var server = tenants.addObject().put("id", "server").putArray("keys").addObject();
    server.put("name", "k").put("secret", KEY);
    return tenants;
  }

  private static LocalStack stack(Path tenants) {
    var settings =
        Map.of(
            "CHATGATE_API_PORT", "0",
            "CHATGATE_STREAM_PORT", "0",
            "CHATGATE_AWS_PORT", "0",
            "CHATGATE_RECONCILE_SECONDS", "0",
            "CHATGATE_INSTANCES", "1",
            "CHATGATE_TENANTS", tenants.toString(),
            "UPSTREAM_BASE_URL", provider.url().toString());
    return LocalStack.start(LocalSettings.from(settings), Repository.ROOT, Pacing.NONE, line -> {});
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable open : new AutoCloseable[] {stack, issuer, keySets, provider, http}) {
      open.close();
    }
  }

  static Stream<Login> logins() {
    return Arrays.stream(TokenLibrary.values())
        .flatMap(
            library -> Arrays.stream(KeySource.values()).map(source -> new Login(library, source)));
  }

  @ParameterizedTest
  @MethodSource("logins")
  void aTokenOfEachAlgorithmIsAcceptedAtBothDoorsAndItsUserRecorded(Login login) throws Exception {
    for (var algorithm : ALGORITHMS) {
      var token = login.token(algorithm, Fault.NONE);
      assertAccepted(stack.apiUrl(), token, algorithm);
      assertAccepted(stack.streamUrl(), token, algorithm);
    }

    var expected = ALGORITHMS.stream().flatMap(user -> Stream.of(user, user)).sorted().toList();
    assertEquals(expected, RecordedUsers.await(stack, login.tenant(), expected.size()));
  }

  @ParameterizedTest
  @MethodSource("logins")
  void anExpiredTokenIsRefusedAsExpired(Login login) throws Exception {
    for (var algorithm : ALGORITHMS) {
      var token = login.token(algorithm, Fault.EXPIRED);
      assertRefused("credential_expired", stack.apiUrl(), token, algorithm);
      assertRefused("credential_expired", stack.streamUrl(), token, algorithm);
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE", "EXPIRED"})
  void aWrongTokenIsRefusedWithoutDetail(Fault fault) throws Exception {
    var messages = new HashSet<String>();
    for (var login : logins().toList()) {
      for (var algorithm : ALGORITHMS) {
        var what = login + " " + algorithm;
        var token = login.token(algorithm, fault);
        messages.add(assertRefused("invalid_api_key", stack.apiUrl(), token, what));
      }
    }

    messages.add(assertRefused("invalid_api_key", stack.apiUrl(), "cg_wrong", "a wrong key"));
    assertEquals(1, messages.size(), messages::toString);
  }

  @ParameterizedTest
  @MethodSource("logins")
  void aChangedTokenIsRefused(Login login) throws Exception {
    for (var algorithm : ALGORITHMS) {
      var good = login.token(algorithm, Fault.NONE).split("\\.", -1);
      var expired = login.token(algorithm, Fault.EXPIRED).split("\\.", -1);
      var ofAnother = other(algorithm, ALGORITHMS);
      var stranger = login.token(ofAnother, Fault.NONE).split("\\.", -1);
      var changed =
          Map.of(
              "changed signature", join(good[0], good[1], changed(good[2])),
              "no signature", join(good[0], good[1], ""),
              "claims of another user", join(good[0], stranger[1], good[2]),
              "time of another token", join(expired[0], good[1], expired[2]),
              "header of another algorithm", join(stranger[0], good[1], good[2]));
      for (var token : changed.entrySet()) {
        var what = algorithm + ": " + token.getKey();
        var _ = assertRefused("invalid_api_key", stack.apiUrl(), token.getValue(), what);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("logins")
  void aTokenThatIsNotSignedIsRefused(Login login) throws Exception {
    var _ =
        assertRefused(
            "invalid_api_key", stack.apiUrl(), login.token("none", Fault.NONE), "not signed");
  }

  /** RFC 8725, section 2.1: the public key in the place of a secret one. */
  @ParameterizedTest
  @EnumSource
  void aTokenSignedWithThePublicKeyIsRefused(KeySource source) throws Exception {
    var token = new Login(TokenLibrary.JOSE, source).token("HS256", Fault.NONE);

    var _ = assertRefused("invalid_api_key", stack.apiUrl(), token, "the public key");
  }

  @Test
  void aKeyThatReplacesAnotherIsFetchedWithinAMinute() throws Exception {
    var before = idToken();
    assertAccepted(stack.apiUrl(), before, "the first key");
    var fetches = Integer.parseInt(get("/fetches"));
    var _ = get("/rotate");
    var after = idToken();

    awaitAccepted(after);

    assertEquals(fetches + 1, Integer.parseInt(get("/fetches")), "fetches of the key set");
    var _ = assertRefused("invalid_api_key", stack.apiUrl(), before, "the replaced key");
    assertEquals(List.of("ann", "ann"), RecordedUsers.await(stack, "discovered", 2));
  }

  private static void awaitAccepted(String token) throws Exception {
    var end = Instant.now().plus(MAX_ROTATION);
    var answer = chat(stack.apiUrl(), token);
    while (answer.statusCode() == 401 && Instant.now().isBefore(end)) {
      TimeUnit.MILLISECONDS.sleep(500);
      answer = chat(stack.apiUrl(), token);
    }
    assertEquals(200, answer.statusCode(), answer.body());
  }

  @ParameterizedTest
  @EnumSource
  void aClientSecretIsASignedTokenThatTheLibraryVerifies(TokenLibrary library) throws Exception {
    var key = signingKey();
    var minted = mint("ann");

    var read = verified(library, minted, key);

    var header = JSON.createObjectNode().put("alg", "HS256").put("kid", key.kid()).put("typ", TYPE);
    assertEquals(header, read.path("header"));
    var claims = read.path("claims");
    assertEquals("ann", claims.path("usr").asText());
    assertEquals(minted.path("created_at").asLong(), claims.path("iat").asLong());
    assertEquals(minted.path("expires_at").asLong(), claims.path("exp").asLong());
    assertFalse(claims.toString().contains(KEY), "the tenant key");
  }

  @Test
  void aClientSecretThatALibrarySignsWithTheKeyIsAccepted() throws Exception {
    var key = signingKey();
    var claims = verified(TokenLibrary.JOSE, mint("ann"), key).path("claims");
    var signed = new ClientSecretSigner(key.key(), header(key), (ObjectNode) claims);

    assertAccepted(stack.apiUrl(), signed.with("usr", "bob").sign(), "signed by jose");
    assertAccepted(stack.streamUrl(), signed.with("usr", "bob").sign(), "signed by jose");

    assertEquals(List.of("bob", "bob"), RecordedUsers.await(stack, "server", 2));
  }

  @Test
  void aClientSecretThatALibrarySignsOtherwiseIsRefused() throws Exception {
    var key = signingKey();
    var claims = (ObjectNode) verified(TokenLibrary.JOSE, mint("ann"), key).path("claims");
    var signed = new ClientSecretSigner(key.key(), header(key), claims);
    var past = Instant.now().getEpochSecond() - 1;
    var otherKey = key.key().clone();
    otherKey[0] ^= 1;
    var otherType = header(key).put("typ", "JWT");
    var otherAlgorithm = header(key).put("alg", "HS512");

    var wrong =
        Map.of(
            "another key",
            new ClientSecretSigner(otherKey, header(key), claims),
            "another type",
            new ClientSecretSigner(key.key(), otherType, claims),
            "another algorithm",
            new ClientSecretSigner(key.key(), otherAlgorithm, claims),
            "another deployment",
            signed.with("iss", "0123456789abcdef"),
            "another tenant",
            signed.with("ten", "discovered"),
            "a claim that is not known",
            signed.with("tier", "pro"));
    for (var secret : wrong.entrySet()) {
      var token = secret.getValue().sign();
      var _ = assertRefused("invalid_api_key", stack.apiUrl(), token, secret.getKey());
    }
    var expired = signed.with("exp", past).sign();
    var _ = assertRefused("credential_expired", stack.apiUrl(), expired, "expired");
    var withoutPrefix = signed.sign().substring("ek_".length());
    var _ = assertRefused("invalid_api_key", stack.apiUrl(), withoutPrefix, "without ek_");
  }

  /** Signs client secrets with jose. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record ClientSecretSigner(byte[] key, ObjectNode header, ObjectNode claims) {
    ClientSecretSigner with(String claim, Object value) {
      return new ClientSecretSigner(key, header, claims.deepCopy().putPOJO(claim, value));
    }

    String sign() throws IOException, InterruptedException {
      var input = Map.of("key", base64(key), "header", header, "claims", claims);
      return "ek_" + TokenLibrary.JOSE.run("sign", input).path("token").asText();
    }
  }

  private static ObjectNode header(SigningKey key) {
    return JSON.createObjectNode().put("alg", "HS256").put("kid", key.kid()).put("typ", TYPE);
  }

  private static JsonNode verified(TokenLibrary library, JsonNode minted, SigningKey key)
      throws IOException, InterruptedException {
    var token = minted.path("value").asText().substring("ek_".length());
    return library.run("verify", Map.of("key", base64(key.key()), "typ", TYPE, "token", token));
  }

  private static JsonNode mint(String user) throws IOException, InterruptedException {
    var body = JSON.createObjectNode().put("user", user).toString();
    var answer = post(stack.apiUrl() + "/openai/v1/client_secrets", KEY, body);
    assertEquals(200, answer.statusCode(), answer.body());
    return JSON.readTree(answer.body());
  }

  private static SigningKey signingKey() {
    try (var secrets =
        SecretsManagerClient.builder()
            .httpClientBuilder(Apache5HttpClient.builder())
            .endpointOverride(URI.create(stack.awsUrl()))
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
            .build()) {
      var name = stack.signingSecretName();
      var text = secrets.getSecretValue(request -> request.secretId(name)).secretString();
      return StoredSigningSecret.read(text).signingKey(Instant.now());
    }
  }

  /** A token of the issuer with a discovery document. */
  private static String idToken() throws IOException, InterruptedException {
    var form =
        Map.of("grant_type", "password", "client_id", "app", "username", "ann", "lifetime", "3600");
    var body =
        form.entrySet().stream()
            .map(field ->
                field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    var request =
        HttpRequest.newBuilder(URI.create(issuer.url() + "/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return JSON.readTree(send(request).body()).path("id_token").asText();
  }

  private static String get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(issuer.url() + path)).build()).body();
  }

  private static void assertAccepted(String door, String token, String what)
      throws IOException, InterruptedException {
    var answer = chat(door, token);
    assertEquals(200, answer.statusCode(), () -> what + ": " + answer.body());
    var last = provider.requests().getLast();
    assertFalse(last.head().contains(token), what + " reaches the provider");
  }

  /**
   * Asserts that a call is refused and does not reach the provider.
   *
   * @return the error's message
   */
  private static String assertRefused(String code, String door, String token, String what)
      throws IOException, InterruptedException {
    int before = provider.requests().size();
    var answer = chat(door, token);
    var error = JSON.readTree(answer.body()).path("error");
    assertEquals(401, answer.statusCode(), () -> what + ": " + answer.body());
    assertEquals(code, error.path("code").asText(), what);
    assertEquals(before, provider.requests().size(), () -> what + " reaches the provider");
    return error.path("message").asText();
  }

  private static HttpResponse<String> chat(String door, String token)
      throws IOException, InterruptedException {
    var body =
        "{\"model\":\"provider/model\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    return post(door + "/openai/v1/chat/completions", token, body);
  }

  private static HttpResponse<String> post(String url, String token, String body)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create(url))
            .header("authorization", "Bearer " + token)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private static HttpResponse<String> send(HttpRequest request)
      throws IOException, InterruptedException {
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static String join(String header, String claims, String signature) {
    return header + "." + claims + "." + signature;
  }

  /** Changes a character in the middle. */
  private static String changed(String signature) {
    int middle = signature.length() / 2;
    var other = signature.charAt(middle) == 'A' ? "B" : "A";
    return signature.substring(0, middle) + other + signature.substring(middle + 1);
  }

  private static String other(String one, List<String> all) {
    return all.get((all.indexOf(one) + 1) % all.size());
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}

package dev.chatgate.identity.keyset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.tenant.Issuer;
import dev.chatgate.testkit.FakeIssuer;
import dev.chatgate.testkit.ScriptedProvider.Script;
import dev.chatgate.testkit.TestIdentity;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.ssl.SSLContexts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpKeySetFetcherTest {
  /** The limit, thrice: the machine may be busy. */
  private static final Duration BOUND = HttpKeySetFetcher.MAX_TIME.multipliedBy(3);

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
  private static final String SECRET = "SECRETANSWER";
  private static final String SET = TestKeys.set("a");
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress PRIVATE = InetAddress.ofLiteral("127.0.0.2");

  private final FakeIssuer issuer = new FakeIssuer().keys(SET);

  /** As in production. */
  private final HttpKeySetFetcher limited = new HttpKeySetFetcher(true);

  /** For all that is not about time: the machine may be busy. */
  private final HttpKeySetFetcher patient = patient(true);

  private static HttpKeySetFetcher patient(boolean loopback) {
    return new HttpKeySetFetcher(
        loopback,
        InetAddress::getAllByName,
        PublicAddress::isPublic,
        SSLContexts::createDefault,
        PATIENCE);
  }

  @AfterEach
  void close() {
    issuer.close();
  }

  private String fetched() throws KeySetException {
    return patient.fetch(TestKeys.at(issuer.jwksUri()));
  }

  /** Returns the reason, which quotes nothing. */
  private static String refused(HttpKeySetFetcher fetcher, Issuer issuer) {
    var refused = assertThrows(KeySetException.class, () -> fetcher.fetch(issuer));
    assertNull(refused.getCause());
    var message = String.valueOf(refused.getMessage());
    assertFalse(message.contains(SECRET), message);
    return message;
  }

  private static void assertEndsInTime(HttpKeySetFetcher fetcher, Issuer issuer) {
    long start = System.nanoTime();
    var message = refused(fetcher, issuer);
    var elapsed = Duration.ofNanos(System.nanoTime() - start);
    assertEquals("the time limit passed", message);
    assertTrue(elapsed.compareTo(BOUND) < 0, elapsed::toString);
  }

  private String refusedKeys(Script script) {
    issuer.keysBy(script);
    var message = refused(patient, TestKeys.at(issuer.jwksUri()));
    assertEquals(1, issuer.keyRequests());
    assertEquals(1, issuer.requests().size());
    assertClosed();
    return message;
  }

  private void assertKeysEndInTime(Script script) {
    issuer.keysBy(script);
    assertEndsInTime(limited, TestKeys.at(issuer.jwksUri()));
    assertTrue(issuer.requests().size() <= 1);
    assertClosed();
  }

  private void assertClosed() {
    long giveUpAt = System.nanoTime() + BOUND.toNanos();
    while (issuer.openConnections() > 0 && System.nanoTime() < giveUpAt) {
      LockSupport.parkNanos(1_000_000);
    }
    assertEquals(0, issuer.openConnections());
  }

  @Test
  void theSetIsFetchedFromItsAddressAndTheConnectionClosed() throws KeySetException {
    assertEquals(SET, fetched());
    assertEquals(SET, fetched());
    assertEquals(2, issuer.keyRequests());
    assertEquals(2, issuer.connections());
    assertEquals(0, issuer.documentRequests());
    assertClosed();
  }

  @Test
  void aRequestCarriesNothingOfOurs() throws KeySetException {
    issuer.keysBy(wire -> wire.json(200, SET, "set-cookie: a=b"));
    assertEquals(SET, fetched());
    assertEquals(SET, fetched());
    for (var request : issuer.requests()) {
      assertEquals("GET", request.method());
      var names = new ArrayList<>(request.headerNames());
      names.sort(null);
      assertEquals(List.of("accept", "accept-encoding", "connection", "host", "user-agent"), names);
      assertEquals("identity", request.header("accept-encoding"));
    }
  }

  @Test
  void theSetIsFoundByDiscovery() throws KeySetException {
    assertEquals(SET, patient.fetch(TestKeys.issuer(issuer.issuer())));
    assertEquals(1, issuer.documentRequests());
    assertEquals(1, issuer.keyRequests());
  }

  /** OpenID Connect Discovery 1.0, section 4.1: a terminating slash is removed, 4.3: exact. */
  @Test
  void theIssuersLastSlashIsNotDoubledAndStaysPartOfItsName() throws KeySetException {
    var named = issuer.issuer() + "/";
    issuer.document(
        "{\"a\":{\"issuer\":1},\"issuer\":\"%s\",\"jwks_uri\":\"%s\"}"
            .formatted(named, issuer.jwksUri()));
    assertEquals(SET, patient.fetch(TestKeys.issuer(named)));
    assertEquals(1, issuer.documentRequests());
    var message = refused(patient, TestKeys.issuer(issuer.issuer()));
    assertEquals("the discovery document is of another issuer", message);
    assertEquals(1, issuer.keyRequests());
  }

  private String refusedDocument(String json) {
    issuer.document(json.replace("ISSUER", issuer.issuer()));
    var message = refused(patient, TestKeys.issuer(issuer.issuer()));
    assertEquals(0, issuer.keyRequests());
    assertEquals(1, issuer.documentRequests());
    return message;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"issuer\":\"https://SECRETANSWER\",\"jwks_uri\":\"https://a.example/\"}",
        "{\"issuer\":\"ISSUER/\",\"jwks_uri\":\"https://a.example/\"}",
        "{\"issuer\":[\"ISSUER\"],\"jwks_uri\":\"https://a.example/\"}",
        "{\"jwks_uri\":\"https://a.example/\"}",
        "{\"ISSUER\":\"issuer\"}",
        "{\"issuer\":\"ISSUER\"}",
        "{\"issuer\":\"ISSUER\",\"jwks_uri\":null}",
        "{\"issuer\":\"ISSUER\",\"jwks_uri\":\"\"}",
        "{\"issuer\":\"ISSUER\",\"jwks_uri\":\"SECRETANSWER\"}",
        "{\"issuer\":\"ISSUER\",\"jwks_uri\":\"not a SECRETANSWER\"}",
        "{\"issuer\":\"ISSUER\",\"jwks_uri\":\"file:///etc/passwd\"}",
        "{\"issuer\":\"ISSUER\",\"jwks_uri\":\"ftp://a.example/\"}",
        "{\"issuer\":\"ISSUER\",\"jwks_uri\":\"https:keys\"}",
        "{\"issuer\":\"ISSUER\",\"jwks_uri\":\"https://user:SECRETANSWER@a.example/\"}",
        "{\"issuer\":\"ISSUER\",\"jwks_uri\":\"https://a.example/#SECRETANSWER\"}",
        "{\"issuer\":\"ISSUER\",\"jwks_uri\":\"http://10.0.0.1/\"}",
        "{\"issuer\":\"ISSUER\",\"jwks_uri\":\"http://8.8.8.8/\"}",
        "{\"issuer\":\"ISSUER\",\"jwks_uri\":\"https://169.254.169.254/latest\"}",
        "{\"issuer\":\"ISSUER\",\"jwks_uri\":\"https://2130706433/\"}",
        "{\"issuer\":\"ISSUER\",\"jwks_uri\":\"https://[::ffff:10.0.0.1]/\"}",
        "[\"SECRETANSWER\"]",
        "SECRETANSWER",
        "{\"issuer\"",
        ""
      })
  void aDiscoveryDocumentThatLeadsElsewhereIsRefused(String json) {
    var _ = refusedDocument(json);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://issuer.example",
        "ftp://issuer.example",
        "issuer.example",
        "",
        " ",
        "https://",
        "https:///path",
        "https://user@issuer.example",
        "https://issuer.example/#a",
        "https://issuer.example/?a=b",
        "https://issuer.example:port",
        "https://a b.example"
      })
  void anIssuerThatIsNoHttpsAddressIsRefusedWithoutALookUp(String name) {
    var lookups = new AtomicInteger();
    var fetcher =
        new HttpKeySetFetcher(
            false,
            host -> {
              lookups.incrementAndGet();
              throw new UnknownHostException(host);
            },
            _ -> true,
            SSLContexts::createDefault,
            HttpKeySetFetcher.MAX_TIME);
    var _ = refused(fetcher, TestKeys.issuer(name));
    assertEquals(0, lookups.get());
  }

  @Test
  void httpIsRefusedUnlessLoopbackIsAllowed() {
    assertEquals(
        "the address is not https", refused(patient(false), TestKeys.at(issuer.jwksUri())));
    assertEquals(0, issuer.connections());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::10.0.0.1]/",
        "https://10.0.0.1/",
        "https://127.1/",
        "https://0.0.0.0/",
        "https://[::]/",
        "https://169.254.169.254/latest/meta-data",
        "https://[fd00:ec2::254]/",
        "https://[fe80::1]/",
        "http://8.8.8.8/",
        "http://10.0.0.1/"
      })
  void anAddressThatIsNotPublicIsRefusedWhereverItIsWritten(String address) {
    for (var fetcher : List.of(patient, patient(false))) {
      var message = refused(fetcher, TestKeys.at(URI.create(address)));
      var isPlain = address.startsWith("http:") && !fetcher.equals(patient);
      var refusal =
          isPlain
              ? "the address is not https"
              : address.contains("127.1")
                  ? "the address has no host, or a user or a fragment"
                  : "the host has no public address";
      assertEquals(refusal, message);
    }
  }

  private static HttpKeySetFetcher secure(
      HttpKeySetFetcher.Names names, Predicate<InetAddress> isAllowed, SSLContext trust) {
    return new HttpKeySetFetcher(false, names, isAllowed, () -> trust, PATIENCE);
  }

  private static FakeIssuer secureIssuer() {
    return FakeIssuer.overTls(TestIdentity.context()).keys(SET);
  }

  @Test
  void aSetIsFetchedOverTls() throws KeySetException {
    try (var secure = secureIssuer()) {
      var fetcher = secure(InetAddress::getAllByName, _ -> true, TestIdentity.context());
      assertEquals(SET, fetcher.fetch(TestKeys.at(secure.jwksUri())));
      assertEquals(SET, fetcher.fetch(TestKeys.issuer(secure.issuer())));
    }
  }

  @Test
  void aCertificateThatIsNotTrustedIsRefused() {
    try (var secure = secureIssuer()) {
      var fetcher = secure(InetAddress::getAllByName, _ -> true, SSLContexts.createDefault());
      var message = refused(fetcher, TestKeys.at(secure.jwksUri()));
      assertTrue(message.contains("javax.net.ssl.SSL"), message);
      assertEquals(0, secure.requests().size());
    }
  }

  @Test
  void aCertificateOfAnotherHostIsRefused() {
    try (var secure = secureIssuer()) {
      var fetcher = secure(_ -> new InetAddress[] {LOOPBACK}, _ -> true, TestIdentity.context());
      var message = refused(fetcher, TestKeys.at(secure.jwksUri("issuer.example")));
      assertTrue(message.contains("javax.net.ssl.SSL"), message);
      assertEquals(0, secure.requests().size());
    }
  }

  /** Answers with one list of addresses after the other, and counts. */
  private static final class Rebinding implements HttpKeySetFetcher.Names {
    private final List<List<InetAddress>> answers = new ArrayList<>();
    private int lookups;

    private Rebinding then(InetAddress... addresses) {
      answers.add(Arrays.asList(addresses));
      return this;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      if (!host.equals("localhost")) {
        throw new UnknownHostException(host);
      }
      return answers.get(lookups++).toArray(InetAddress[]::new);
    }
  }

  @Test
  void aNameThatIsReboundIsConnectedToWhereItWasChecked() throws KeySetException {
    try (var secure = secureIssuer()) {
      var names = new Rebinding().then(LOOPBACK).then(PRIVATE);
      var fetcher = secure(names, LOOPBACK::equals, TestIdentity.context());
      var rebound = TestKeys.at(secure.jwksUri("localhost"));
      assertEquals(SET, fetcher.fetch(rebound));
      assertEquals(1, names.lookups);
      assertEquals(1, secure.connections());
      assertEquals("the host has no public address", refused(fetcher, rebound));
      assertEquals(2, names.lookups);
      assertEquals(1, secure.connections());
    }
  }

  @Test
  void ofSeveralAddressesOnlyTheCheckedOnesAreConnectedTo() throws KeySetException {
    try (var secure = secureIssuer()) {
      var names = new Rebinding().then(PRIVATE, LOOPBACK).then(PRIVATE, PRIVATE);
      // The server listens at the one address; the other would be refused by the machine.
      var fetcher = secure(names, LOOPBACK::equals, TestIdentity.context());
      var several = TestKeys.at(secure.jwksUri("localhost"));
      assertEquals(SET, fetcher.fetch(several));
      assertEquals("the host has no public address", refused(fetcher, several));
    }
  }

  @Test
  void everyRequestChecksItsOwnHost() {
    try (var secure = secureIssuer()) {
      secure.document(
          "{\"issuer\":\"%s\",\"jwks_uri\":\"%s\"}"
              .formatted(secure.issuer(), secure.jwksUri("localhost")));
      HttpKeySetFetcher.Names names =
          host -> new InetAddress[] {host.equals("localhost") ? PRIVATE : LOOPBACK};
      var fetcher = secure(names, LOOPBACK::equals, TestIdentity.context());
      var message = refused(fetcher, TestKeys.issuer(secure.issuer()));
      assertEquals("the host has no public address", message);
      assertEquals(1, secure.documentRequests());
      assertEquals(0, secure.keyRequests());
    }
  }

  @Test
  void aHostThatIsNotThereIsNamedByItsClass() {
    var fetcher =
        secure(
            host -> {
              throw new UnknownHostException(host + SECRET);
            },
            _ -> true,
            TestIdentity.context());
    assertEquals(
        "the request failed: java.net.UnknownHostException",
        refused(fetcher, TestKeys.issuer("https://issuer.example")));
  }

  @Test
  void aLookUpThatHangsEndsInTime() {
    var never = new CountDownLatch(1);
    var fetcher =
        new HttpKeySetFetcher(
            false,
            host -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              throw new UnknownHostException(host);
            },
            _ -> true,
            SSLContexts::createDefault,
            HttpKeySetFetcher.MAX_TIME);
    assertEndsInTime(fetcher, TestKeys.issuer("https://issuer.example"));
    never.countDown();
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void aRedirectIsNotFollowed(int status) {
    var target = "location: " + issuer.issuer() + "/elsewhere?" + SECRET;
    assertEquals("the status is " + status, refusedKeys(wire -> wire.json(status, SET, target)));
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 204, 400, 401, 407, 404, 429, 500, 503})
  void anotherStatusIsRefusedAndNotRepeated(int status) {
    var message =
        refusedKeys(wire ->
            wire.json(
                status,
                status == 204 ? "" : SET,
                "retry-after: 0",
                "www-authenticate: Basic realm=\"a\"",
                "proxy-authenticate: Basic realm=\"a\""));
    assertEquals("the status is " + status, message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/html",
        "text/plain",
        "application/jwt",
        "application/jsonp",
        "application/octet-stream",
        "",
        "SECRETANSWER",
        "application/json/SECRETANSWER"
      })
  void anotherContentTypeIsRefused(String type) {
    assertEquals(
        "the content type is not application/json",
        refusedKeys(wire -> wire.answer(200, type, SET)));
  }

  @Test
  void anAnswerWithoutAContentTypeIsRefused() {
    assertEquals(
        "the content type is not application/json",
        refusedKeys(wire -> wire.raw("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}").close()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "Application/JSON",
        "application/jwk-set+json"
      })
  void theContentTypesOfKeySetsAreAccepted(String type) throws KeySetException {
    issuer.keysBy(wire -> wire.answer(200, type, SET));
    assertEquals(SET, fetched());
  }

  @Test
  void aDiscoveryDocumentIsNoKeySetByItsType() {
    issuer.documentBy(wire -> wire.answer(200, "application/jwk-set+json", "{}"));
    assertEquals(
        "the content type is not application/json",
        refused(patient, TestKeys.issuer(issuer.issuer())));
  }

  @Test
  void aCompressedAnswerIsRefused() {
    assertEquals(
        "the answer is compressed",
        refusedKeys(wire -> wire.json(200, SET, "content-encoding: gzip")));
  }

  @Test
  void theLargestAnswerIsReadAndALargerOneRefused() throws KeySetException {
    var largest = " ".repeat(HttpKeySetFetcher.MAX_BYTES - SET.length()) + SET;
    issuer.keys(largest);
    assertEquals(largest, fetched());
    issuer.keys(" " + largest);
    assertEquals(
        "the answer is larger than 262144 bytes", refused(patient, TestKeys.at(issuer.jwksUri())));
  }

  @Test
  void tenMegabytesAreNotRead() {
    var sent = new AtomicInteger();
    var message =
        refusedKeys(wire -> {
          wire.raw(HEAD + "content-length: 10485760\r\n\r\n");
          byte[] block = new byte[64 * 1024];
          Arrays.fill(block, (byte) ' ');
          for (int i = 0; i < 160; i++) {
            wire.raw(block);
            sent.addAndGet(block.length);
          }
        });
    assertEquals("the answer is larger than 262144 bytes", message);
    // What the sockets' buffers took is not read.
    assertTrue(sent.get() < 10 * 1024 * 1024, () -> sent + " bytes");
  }

  @Test
  void anEndlessAnswerEnds() {
    var message =
        refusedKeys(wire -> {
          wire.raw(HEAD + "transfer-encoding: chunked\r\n\r\n");
          while (true) {
            wire.chunk(" ".repeat(1_000));
          }
        });
    assertEquals("the answer is larger than 262144 bytes", message);
  }

  @Test
  void aByteEvery100MillisecondsEndsInTime() {
    assertKeysEndInTime(wire -> {
      wire.raw(HEAD + "content-length: 1000\r\n\r\n");
      while (true) {
        wire.raw(" ").pause(100);
      }
    });
  }

  @Test
  void aHeadByteByByteEndsInTime() {
    assertKeysEndInTime(wire -> {
      wire.raw("HTTP/1.1 200 OK\r\na: ");
      while (true) {
        wire.raw("a").pause(100);
      }
    });
  }

  @Test
  void interimAnswersWithoutEndEndInTime() {
    assertKeysEndInTime(wire -> {
      while (true) {
        wire.raw("HTTP/1.1 103 Early Hints\r\n\r\n").pause(20);
      }
    });
  }

  @Test
  void bothRequestsShareTheTimeLimit() {
    issuer.documentBy(wire ->
        wire.pause(1_200)
            .json(
                200,
                "{\"issuer\":\"%s\",\"jwks_uri\":\"%s\"}"
                    .formatted(issuer.issuer(), issuer.jwksUri())));
    issuer.keysBy(wire -> wire.pause(1_200).json(200, SET));
    assertEndsInTime(limited, TestKeys.issuer(issuer.issuer()));
    assertTrue(issuer.documentRequests() <= 1);
    assertClosed();
  }

  @Test
  void anAnswerThatIsSilentEndsInTime() {
    assertKeysEndInTime(wire -> wire.stall());
  }

  @Test
  void aHeadThatIsTooLargeIsRefused() {
    var message = refusedKeys(wire -> wire.json(200, SET, "a: " + SECRET.repeat(1_000)));
    assertTrue(message.startsWith("the request failed: "), message);
    issuer.keysBy(wire -> {
      wire.raw("HTTP/1.1 200 OK\r\n");
      while (true) {
        wire.raw("a: b\r\n".repeat(1_000));
      }
    });
    message = refused(patient, TestKeys.at(issuer.jwksUri()));
    assertTrue(message.startsWith("the request failed: "), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SECRETANSWER\r\n\r\n",
        "HTTP/9.9 SECRETANSWER\r\n\r\n",
        HEAD + "content-length: SECRETANSWER\r\n\r\n",
        HEAD + "content-length: 100\r\n\r\n{}",
        HEAD + "transfer-encoding: chunked\r\n\r\nSECRETANSWER\r\n",
        ""
      })
  void aBrokenAnswerIsNamedByItsClass(String bytes) {
    var message = refusedKeys(wire -> wire.raw(bytes).close());
    assertTrue(message.startsWith("the request failed: "), message);
  }

  @Test
  void whatIsNotUtf8IsRefused() {
    assertEquals(
        "the answer is not UTF-8",
        refusedKeys(wire ->
            wire.raw(HEAD + "content-length: 2\r\n\r\n")
                .raw(new byte[] {(byte) 0xC0, (byte) 0x80})));
  }

  @Test
  void aClosedPortIsNamedByItsClass() {
    var address = issuer.jwksUri();
    issuer.close();
    var message = refused(patient, TestKeys.at(address));
    assertTrue(message.startsWith("the request failed: "), message);
  }

  @Test
  void anInterruptEndsTheFetchAndStaysSet() throws InterruptedException {
    issuer.keysBy(wire -> wire.stall());
    var interrupted = new AtomicInteger();
    var caller =
        Thread.ofVirtual()
            .start(() -> {
              assertThrows(
                  KeySetException.class, () -> patient.fetch(TestKeys.at(issuer.jwksUri())));
              interrupted.set(Thread.currentThread().isInterrupted() ? 1 : 0);
            });
    caller.interrupt();
    caller.join();
    assertEquals(1, interrupted.get());
  }

  @Test
  void constructionOpensNothing() {
    var lookups = new AtomicInteger();
    var _ =
        new HttpKeySetFetcher(
            false,
            host -> {
              lookups.incrementAndGet();
              throw new UnknownHostException(host);
            },
            _ -> true,
            () -> {
              throw new IllegalStateException("no certificates are read yet");
            },
            HttpKeySetFetcher.MAX_TIME);
    assertEquals(0, lookups.get());
  }
}

package dev.chatgate.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Locale.ROOT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import dev.chatgate.gateway.entry.ApiHandler;
import dev.chatgate.gateway.entry.HttpEvents;
import dev.chatgate.gateway.entry.StreamHandler;
import dev.chatgate.gateway.http.Bodies;
import dev.chatgate.gateway.http.GatewayRequest;
import dev.chatgate.gateway.http.GatewayRequest.Body;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventsTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

  @Test
  void theStreamingDoorsPathIsDecodedAndItsHeadersAreInLowerCase() {
    var request =
        streamed(
                """
                {"version":"2.0","routeKey":"$default","rawPath":"/v1/models/a%2Fb","rawQueryString":"x=1",
                 "cookies":["a=b"],"headers":{"Authorization":"Bearer k","x":7},
                 "requestContext":{"accountId":"1","http":{"method":"GET","path":"/no"},"stage":"$default",
                                   "authorizer":{"deep":[1,{"x":[]}]},"timeEpoch":5},
                 "isBase64Encoded":false,"pathParameters":null}
                """)
            .orElseThrow();
    assertEquals(StreamHandler.DOOR, request.door());
    assertEquals("GET", request.method());
    assertEquals("/v1/models/a/b", request.path());
    assertEquals("x=1", request.query());
    assertEquals(Map.of("authorization", "Bearer k"), request.headers());
    assertArrayEquals(new byte[0], bytes(request.body()));
    assertEquals(NOW, request.end());
  }

  @ParameterizedTest
  @CsvSource({
    "'\"203.0.113.7\"',203.0.113.7",
    "'\"2001:db8::1\"',2001:db8::1",
    "7,",
    "null,",
    "{},"
  })
  void theCallersAddressIsTheEvents(String json, @Nullable String address) {
    var event =
        """
        {"rawPath":"/","headers":{"x-forwarded-for":"192.0.2.1"},
         "requestContext":{"http":{"method":"GET","sourceIp":%s}}}
        """
            .formatted(json);
    assertEquals(Optional.ofNullable(address), streamed(event).orElseThrow().sourceIp());
    assertEquals(Optional.ofNullable(address), buffered(event).orElseThrow().sourceIp());
    var without = event.replace("sourceIp", "other");
    assertEquals(Optional.empty(), streamed(without).orElseThrow().sourceIp());
  }

  @Test
  void aBodyIsTextOrBase64() {
    assertEquals(
        "{\"ä\":\"\uD83D\uDE00\"}",
        text(streamed(event("\"{\\\"ä\\\":\\\"\\ud83d\\ude00\\\"}\"", "false"))));
    assertEquals("hi", text(streamed(event("\"aGk=\"", "true"))));
    assertEquals("", text(streamed(event("null", "false"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"a\\ud83d\"", "\"\\ude00a\""})
  void anUnpairedSurrogateCannotBeDecoded(String body) {
    assertInstanceOf(Body.Undecodable.class, streamed(event(body, "false")).orElseThrow().body());
  }

  @Test
  void brokenBase64CannotBeDecoded() {
    assertInstanceOf(
        Body.Undecodable.class, streamed(event("\"{\\\"a\\\":1}\"", "true")).orElseThrow().body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "7",
        "{",
        "{}",
        "{\"rawPath\":\"/x\"}",
        "{\"rawPath\":\"/x\",\"requestContext\":[]}",
        "{\"rawPath\":\"/x\",\"requestContext\":{\"http\":\"GET\"}}",
        "{\"rawPath\":7,\"requestContext\":{\"http\":{\"method\":\"GET\"}}}",
        "{\"source\":\"aws.events\",\"detail\":{}}"
      })
  void anEventThatIsNotPayload2IsNotARequest(String event) {
    assertEquals(Optional.empty(), streamed(event));
    assertEquals(Optional.empty(), buffered(event));
  }

  @Test
  void theApiDoorsPathIsDecodedAlreadyAndItsTimeIsTheEvents() {
    var request = buffered(apiEvent("/prod/v1/models/%2F", "1000")).orElseThrow();
    assertEquals(ApiHandler.DOOR, request.door());
    assertEquals("/v1/models/%2F", request.path(), "not decoded twice");
    assertEquals(
        Instant.ofEpochMilli(1000).plus(ApiHandler.DOOR.answersWithin().orElseThrow()),
        request.end());
    assertEquals(Map.of("x-a", "1"), request.headers());
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "0", "-1", "1.5", "\"1000\"", "[1000]", "92233720368547758070"})
  void anApiEventWithoutATimeCountsAsArrivedNow(String time) {
    assertEquals(
        NOW.plus(ApiHandler.DOOR.answersWithin().orElseThrow()),
        buffered(apiEvent("/", time)).orElseThrow().end());
  }

  @ParameterizedTest
  @MethodSource("goldenEvents")
  void eventsAreReadAsAwssOwnClassesReadThem(String name, String json) {
    var aws =
        LambdaEventSerializers.serializerFor(
                APIGatewayV2HTTPEvent.class, EventsTest.class.getClassLoader())
            .fromJson(json);
    var request = buffered(json);
    if (aws.getRequestContext() == null) {
      assertEquals(Optional.empty(), request, name);
      return;
    }
    var ours = request.orElseThrow();
    assertEquals(aws.getRequestContext().getHttp().getMethod(), ours.method());
    assertEquals(aws.getRawPath(), ours.path());
    assertEquals(Optional.ofNullable(aws.getRawQueryString()).orElse(""), ours.query());
    var headers = new HashMap<String, String>();
    aws.getHeaders().forEach((header, value) -> headers.put(header.toLowerCase(ROOT), value));
    assertEquals(headers, ours.headers());
    assertEquals(
        Optional.ofNullable(aws.getRequestContext().getHttp().getSourceIp()), ours.sourceIp());
    assertSameBody(Bodies.of(aws.getBody(), aws.getIsBase64Encoded()), ours.body());
    long came = aws.getRequestContext().getTimeEpoch();
    assertEquals(
        (came > 0 ? Instant.ofEpochMilli(came) : NOW)
            .plus(ApiHandler.DOOR.answersWithin().orElseThrow()),
        ours.end());
  }

  static List<Arguments> goldenEvents() throws IOException {
    return GoldenEvent.all(GoldenEventsTest.FOLDER).stream()
        .map(golden -> Arguments.of(golden.toString(), golden.event()))
        .toList();
  }

  private static void assertSameBody(Body expected, Body body) {
    if (expected instanceof Body.Bytes(var bytes)) {
      assertArrayEquals(bytes, bytes(body));
    } else {
      assertEquals(expected, body);
    }
  }

  private static String apiEvent(String path, String time) {
    return """
    {"rawPath":"%s","headers":{"X-A":"1","X-B":null},
     "requestContext":{"stage":"prod","timeEpoch":%s,"http":{"method":"GET"}}}
    """
        .formatted(path, time);
  }

  private static String event(String body, String base64) {
    return "{\"rawPath\":\"/\",\"requestContext\":{\"http\":{\"method\":\"POST\"}},\"body\":"
        + body
        + ",\"isBase64Encoded\":"
        + base64
        + "}";
  }

  private static Optional<GatewayRequest> streamed(String event) {
    return call(HttpEvents.read(StreamHandler.DOOR, event.getBytes(UTF_8), NOW, NOW));
  }

  private static Optional<GatewayRequest> buffered(String event) {
    return call(
        HttpEvents.read(
            ApiHandler.DOOR, new ByteArrayInputStream(event.getBytes(UTF_8)), NOW, Instant.MAX));
  }

  private static Optional<GatewayRequest> call(HttpEvents.Read read) {
    return read instanceof HttpEvents.Read.Call(var request)
        ? Optional.of(request)
        : Optional.empty();
  }

  private static String text(Optional<GatewayRequest> request) {
    return new String(bytes(request.orElseThrow().body()), UTF_8);
  }

  private static byte[] bytes(Body body) {
    return assertInstanceOf(Body.Bytes.class, body).bytes();
  }
}

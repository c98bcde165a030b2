package dev.chatgate.chat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import dev.chatgate.chat.GatewayRequest.Body;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
    assertEquals(Door.STREAM, request.door());
    assertEquals("GET", request.method());
    assertEquals("/v1/models/a/b", request.path());
    assertEquals("x=1", request.query());
    assertEquals(Map.of("authorization", "Bearer k"), request.headers());
    assertArrayEquals(new byte[0], bytes(request.body()));
    assertEquals(NOW, request.end());
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
  void aLoneSurrogateCannotBeDecoded(String body) {
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
  void whatIsNoPayload2IsNoRequest(String event) {
    assertEquals(Optional.empty(), streamed(event));
  }

  @Test
  void theApiDoorsPathComesDecodedAndItsTimeFromTheEvent() {
    var event = apiEvent("/prod/v1/models/%2F", "prod");
    var request = ApiEvents.request(event, NOW);
    assertNotNull(request);
    assertEquals(Door.API, request.door());
    assertEquals("/v1/models/%2F", request.path(), "not decoded twice");
    assertEquals(Instant.ofEpochMilli(1000).plus(Door.API_ANSWERS_WITHIN), request.end());
    assertEquals(Map.of("x-a", "1"), request.headers());
  }

  @Test
  void anApiEventOfAnotherShapeIsNoRequest() {
    assertNull(ApiEvents.request(new APIGatewayV2HTTPEvent(), NOW));
    var withoutHttp = apiEvent("/", "prod");
    withoutHttp.getRequestContext().setHttp(null);
    assertNull(ApiEvents.request(withoutHttp, NOW));
  }

  private static APIGatewayV2HTTPEvent apiEvent(String path, String stage) {
    return APIGatewayV2HTTPEvent.builder()
        .withRawPath(path)
        .withHeaders(Map.of("X-A", "1"))
        .withRequestContext(
            RequestContext.builder()
                .withStage(stage)
                .withTimeEpoch(1000)
                .withHttp(RequestContext.Http.builder().withMethod("GET").build())
                .build())
        .build();
  }

  private static String event(String body, String base64) {
    return "{\"rawPath\":\"/\",\"requestContext\":{\"http\":{\"method\":\"POST\"}},\"body\":"
        + body
        + ",\"isBase64Encoded\":"
        + base64
        + "}";
  }

  private static Optional<GatewayRequest> streamed(String event) {
    return StreamEvents.read(event.getBytes(StandardCharsets.UTF_8), NOW)
            instanceof StreamEvents.Read.Call(var request)
        ? Optional.of(request)
        : Optional.empty();
  }

  private static String text(Optional<GatewayRequest> request) {
    return new String(bytes(request.orElseThrow().body()), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(Body body) {
    return assertInstanceOf(Body.Bytes.class, body).bytes();
  }
}

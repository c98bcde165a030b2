package dev.chatgate.bench.figures;

import java.nio.charset.StandardCharsets;

/** The two doors, and the event that each gets for a chat call. */
enum Door {
  STREAM("StreamFunction", 1),
  API("ApiFunction", 3);

  private final String logicalId;
  private final int storeCallsBeforeAnswer;

  Door(String logicalId, int storeCallsBeforeAnswer) {
    this.logicalId = logicalId;
    this.storeCallsBeforeAnswer = storeCallsBeforeAnswer;
  }

  /** Admission alone, or with it the record and the settlement. */
  int storeCallsBeforeAnswer() {
    return storeCallsBeforeAnswer;
  }

  String logicalId() {
    return logicalId;
  }

  /** Payload 2.0, with what a client library sends. */
  byte[] event(String body) {
    return """
    {"version":"2.0","routeKey":"$default","rawPath":"/openai/v1/chat/completions","rawQueryString":"",\
    "headers":{"authorization":"Bearer %s","content-type":"application/json","accept":"application/json",\
    "user-agent":"OpenAI/JS 7.57.0","x-stainless-lang":"js","x-stainless-package-version":"7.57.0",\
    "x-stainless-retry-count":"0","host":"example.com","x-forwarded-for":"192.0.2.1"},\
    "requestContext":{"accountId":"anonymous","apiId":"bench","domainName":"example.com",\
    "http":{"method":"POST","path":"/openai/v1/chat/completions","protocol":"HTTP/1.1",\
    "sourceIp":"192.0.2.1","userAgent":"OpenAI/JS 7.57.0"},"requestId":"bench","routeKey":"$default",\
    "stage":"$default","time":"23/Nov/2026:00:00:00 +0000","timeEpoch":%d},"body":"%s",\
    "isBase64Encoded":false}\
    """
        .formatted(
            Backends.KEY,
            System.currentTimeMillis(),
            body.replace("\\", "\\\\").replace("\"", "\\\""))
        .getBytes(StandardCharsets.UTF_8);
  }
}

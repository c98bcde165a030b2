package dev.chatgate.rollout;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.regions.Region;

/**
 * Signed requests to AWS services of which the function needs one call each. Their SDK clients
 * would be 4 MB of the package.
 */
final class AwsRequests implements AutoCloseable {
  private static final int MAX_RESPONSE_BYTES = 1 << 20;

  /** A new version restores its snapshot at its first call. */
  private static final Duration MAX_SILENCE = Duration.ofSeconds(30);

  private static final Duration CONNECT = Duration.ofSeconds(2);

  private final SdkHttpClient http;
  private final AwsCredentialsProvider credentials = DefaultCredentialsProvider.builder().build();
  private final Region region;
  private final Optional<URI> endpoint;

  /**
   * Opens no connection.
   *
   * @param environment {@code AWS_REGION}, which Lambda sets; {@code AWS_ENDPOINT_URL}, where every
   *     service is in a test
   */
  AwsRequests(Map<String, String> environment) {
    this.region = Region.of(environment.getOrDefault("AWS_REGION", ""));
    this.endpoint = Optional.ofNullable(environment.get("AWS_ENDPOINT_URL")).map(URI::create);
    this.http =
        Apache5HttpClient.builder()
            .connectionTimeout(CONNECT)
            .socketTimeout(MAX_SILENCE)
            .useIdleConnectionReaper(false)
            .build();
  }

  /**
   * An answer.
   *
   * @param body at most the first 2<sup>20</sup> bytes, read as ISO 8859-1
   * @param functionError the header {@code X-Amz-Function-Error}, which Lambda sets if the function
   *     failed
   */
  record Response(int status, String body, Optional<String> functionError) {}

  /**
   * Sends a request.
   *
   * @param service the service's name in signatures and host names
   * @param path percent-encoded, with a query if there is one
   * @param body of a POST; empty for a GET
   * @throws IOException if there is no answer within 30 s
   */
  Response send(String service, String path, Map<String, String> headers, String body)
      throws IOException {
    var payload = ContentStreamProvider.fromUtf8String(body);
    var request =
        SdkHttpRequest.builder()
            .method(body.isEmpty() ? SdkHttpMethod.GET : SdkHttpMethod.POST)
            .uri(URI.create(host(service) + path));
    headers.forEach(request::putHeader);
    if (!body.isEmpty()) {
      int length = body.getBytes(StandardCharsets.UTF_8).length;
      request.putHeader("Content-Length", Integer.toString(length));
    }
    var signed =
        AwsV4HttpSigner.create()
            .sign(r ->
                r.identity(credentials.resolveCredentials())
                    .request(request.build())
                    .payload(payload)
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                    .putProperty(AwsV4HttpSigner.REGION_NAME, region.id()));
    var call = HttpExecuteRequest.builder().request(signed.request());
    if (!body.isEmpty()) {
      call.contentStreamProvider(signed.payload().orElse(payload));
    }
    var response = http.prepareRequest(call.build()).call();
    try (var content = response.responseBody().orElseThrow(IOException::new)) {
      return new Response(
          response.httpResponse().statusCode(),
          new String(content.readNBytes(MAX_RESPONSE_BYTES), StandardCharsets.ISO_8859_1),
          response.httpResponse().firstMatchingHeader("X-Amz-Function-Error"));
    }
  }

  private String host(String service) {
    return endpoint
        .map(URI::toString)
        .orElseGet(() ->
            "https://"
                + service
                + "."
                + region.id()
                + "."
                + region.metadata().partition().dnsSuffix());
  }

  @Override
  public void close() {
    http.close();
  }
}

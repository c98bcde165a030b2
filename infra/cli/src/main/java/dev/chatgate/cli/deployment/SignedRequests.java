package dev.chatgate.cli.deployment;

import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.utils.SystemSetting;

/**
 * Signed requests to AWS services for which the command line has no client of the SDK. An answer of
 * 5xx is asked for again, twice.
 */
public final class SignedRequests {
  private static final int MAX_RESPONSE_BYTES = 4 << 20;
  private static final int OK = 200;
  private static final int SERVER_ERROR = 500;
  private static final int MAX_ATTEMPTS = 3;

  private final SdkHttpClient http;
  private final AwsCredentialsProvider credentials;
  private final Region region;

  SignedRequests(SdkHttpClient http, AwsCredentialsProvider credentials, Region region) {
    this.http = http;
    this.credentials = credentials;
    this.region = region;
  }

  /** A service, with the name that signatures and hosts have. */
  public enum Service {
    /** CloudFormation, with a query API. */
    CLOUDFORMATION("cloudformation", "CloudFormation"),
    /** Lambda, with a REST API. */
    LAMBDA("lambda", "Lambda"),
    /** IAM, with a query API and one endpoint for all regions. */
    IAM("iam", "Iam"),
    /** STS, with a query API. */
    STS("sts", "Sts");

    private final String signingName;
    private final String property;

    Service(String signingName, String property) {
      this.signingName = signingName;
      this.property = property;
    }
  }

  /**
   * An answer.
   *
   * @param status HTTP status
   * @param body the body as UTF-8
   */
  public record Response(int status, String body) {
    /** Whether the status is 200. */
    public boolean isOk() {
      return status == OK;
    }

    /** The first text of each element of an XML body; empty if it is not XML. */
    public Map<String, String> xmlTexts() {
      return StackXml.texts(new StringReader(body));
    }
  }

  /**
   * Sends a form to a query API.
   *
   * @param form the fields, among them {@code Action} and {@code Version}
   * @throws IOException if no answer came
   */
  public Response post(Service service, Map<String, String> form) throws IOException {
    var body =
        new TreeMap<>(form)
            .entrySet().stream()
                .map(field -> field.getKey() + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
    var request =
        request(service, SdkHttpMethod.POST, "/")
            .putHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    return call(service, request, Optional.of(body));
  }

  /**
   * Gets a resource of a REST API.
   *
   * @param path the path, encoded
   * @param query the query's parameters, not encoded
   * @throws IOException if no answer came
   */
  public Response get(Service service, String path, Map<String, String> query) throws IOException {
    var request = request(service, SdkHttpMethod.GET, path);
    query.forEach(request::putRawQueryParameter);
    return call(service, request, Optional.empty());
  }

  /**
   * Writes a resource of a REST API.
   *
   * @param path the path, encoded
   * @param query the query's parameters, not encoded
   * @param json the body
   * @throws IOException if no answer came
   */
  public Response put(Service service, String path, Map<String, String> query, String json)
      throws IOException {
    var request =
        request(service, SdkHttpMethod.PUT, path).putHeader("Content-Type", "application/json");
    query.forEach(request::putRawQueryParameter);
    return call(service, request, Optional.of(json));
  }

  /** The ID of the region. */
  public String region() {
    return region.id();
  }

  /** The SDK's endpoint settings, else the service's public endpoint in the region. */
  URI endpoint(Service service) {
    return setting("AWS_ENDPOINT_URL_" + service.name(), "aws.endpointUrl" + service.property)
        .or(() -> setting("AWS_ENDPOINT_URL", "aws.endpointUrl"))
        .map(URI::create)
        .orElseGet(() -> URI.create("https://" + host(service) + "/"));
  }

  private SdkHttpRequest.Builder request(Service service, SdkHttpMethod method, String path) {
    var endpoint = endpoint(service);
    var base = Optional.ofNullable(endpoint.getRawPath()).orElse("").replaceFirst("/$", "");
    return SdkHttpRequest.builder().method(method).uri(endpoint).encodedPath(base + path);
  }

  private Response call(Service service, SdkHttpRequest.Builder request, Optional<String> body)
      throws IOException {
    body.ifPresent(text ->
        request.putHeader(
            "Content-Length", Integer.toString(text.getBytes(StandardCharsets.UTF_8).length)));
    var unsigned = request.build();
    var response = callOnce(service, unsigned, body);
    for (int i = 1; i < MAX_ATTEMPTS && response.status() >= SERVER_ERROR; i++) {
      response = callOnce(service, unsigned, body);
    }
    return response;
  }

  private Response callOnce(Service service, SdkHttpRequest request, Optional<String> body)
      throws IOException {
    var payload = body.map(ContentStreamProvider::fromUtf8String);
    var signed =
        AwsV4HttpSigner.create()
            .sign(r -> {
              r.identity(credentials.resolveCredentials())
                  .request(request)
                  .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service.signingName)
                  .putProperty(AwsV4HttpSigner.REGION_NAME, signingRegion(service));
              payload.ifPresent(r::payload);
            });
    var call = HttpExecuteRequest.builder().request(signed.request());
    signed.payload().or(() -> payload).ifPresent(call::contentStreamProvider);
    var response = http.prepareRequest(call.build()).call();
    var content = response.responseBody();
    if (content.isEmpty()) {
      return new Response(response.httpResponse().statusCode(), "");
    }
    try (var bytes = content.get()) {
      return new Response(
          response.httpResponse().statusCode(),
          new String(bytes.readNBytes(MAX_RESPONSE_BYTES), StandardCharsets.UTF_8));
    }
  }

  private String host(Service service) {
    var partition = region.metadata().partition();
    if (service != Service.IAM) {
      return service.signingName + "." + region.id() + "." + partition.dnsSuffix();
    }
    return switch (partition.id()) {
      case "aws-cn" -> "iam.cn-north-1.amazonaws.com.cn";
      case "aws-us-gov" -> "iam.us-gov.amazonaws.com";
      default -> "iam." + partition.dnsSuffix();
    };
  }

  /** IAM has one region in each partition. */
  private String signingRegion(Service service) {
    if (service != Service.IAM) {
      return region.id();
    }
    return switch (region.metadata().partition().id()) {
      case "aws-cn" -> "cn-north-1";
      case "aws-us-gov" -> "us-gov-west-1";
      default -> "us-east-1";
    };
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static Optional<String> setting(String variable, String property) {
    return new SystemSetting() {
      @Override
      public String property() {
        return property;
      }

      @Override
      public String environmentVariable() {
        return variable;
      }

      @Override
      public String defaultValue() {
        return "";
      }
    }.getStringValue().filter(value -> !value.isBlank());
  }
}

package dev.chatgate.cli.deployment;

import dev.chatgate.cli.console.CommandException;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
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
 * Reads a CloudFormation stack with one signed call of the query API, <a
 * href="https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html">DescribeStacks</a>.
 */
final class StackReader {
  private static final int MAX_RESPONSE_BYTES = 4 << 20;
  private static final int OK = 200;
  private static final int SERVER_ERROR = 500;
  private static final int MAX_ATTEMPTS = 3;

  private final SdkHttpClient http;
  private final AwsCredentialsProvider credentials;
  private final Region region;

  StackReader(SdkHttpClient http, AwsCredentialsProvider credentials, Region region) {
    this.http = http;
    this.credentials = credentials;
    this.region = region;
  }

  private record Response(int status, String body) {}

  /**
   * Reads a stack.
   *
   * @throws CommandException if it does not exist, or CloudFormation returns an error
   */
  Stack read(String name) {
    var response = callWithRetries(name);
    if (response.status() == OK) {
      return StackXml.stack(name, new StringReader(response.body()));
    }
    var error = StackXml.error(new StringReader(response.body()));
    if (error.message().contains("does not exist")) {
      throw CommandException.error("Stack " + name + " does not exist in " + region.id() + ".");
    }
    throw CommandException.error(
        AwsErrorMessages.ofExpiredCredentials(error.code())
            .orElseGet(() ->
                "CloudFormation returned HTTP %d %s: %s"
                    .formatted(response.status(), error.code(), error.message())));
  }

  private Response callWithRetries(String name) {
    try {
      var response = call(name);
      for (int i = 1; i < MAX_ATTEMPTS && response.status() >= SERVER_ERROR; i++) {
        response = call(name);
      }
      return response;
    } catch (IOException e) {
      throw CommandException.error("Cannot connect to " + endpoint() + ".");
    }
  }

  private Response call(String name) throws IOException {
    var form =
        "Action=DescribeStacks&Version=2010-05-15&StackName="
            + URLEncoder.encode(name, StandardCharsets.UTF_8);
    var body = ContentStreamProvider.fromUtf8String(form);
    var request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(endpoint())
            .putHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            .putHeader("Content-Length", Integer.toString(form.length()))
            .build();
    var signed =
        AwsV4HttpSigner.create()
            .sign(r ->
                r.identity(credentials.resolveCredentials())
                    .request(request)
                    .payload(body)
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "cloudformation")
                    .putProperty(AwsV4HttpSigner.REGION_NAME, region.id()));
    var call =
        HttpExecuteRequest.builder()
            .request(signed.request())
            .contentStreamProvider(signed.payload().orElse(body))
            .build();
    var response = http.prepareRequest(call).call();
    try (var content = response.responseBody().orElseThrow(IOException::new)) {
      return new Response(
          response.httpResponse().statusCode(),
          new String(content.readNBytes(MAX_RESPONSE_BYTES), StandardCharsets.UTF_8));
    }
  }

  /** The SDK's endpoint settings, else the region's public endpoint. */
  private URI endpoint() {
    return setting("AWS_ENDPOINT_URL_CLOUDFORMATION", "aws.endpointUrlCloudFormation")
        .or(() -> setting("AWS_ENDPOINT_URL", "aws.endpointUrl"))
        .map(URI::create)
        .orElseGet(() ->
            URI.create(
                "https://cloudformation."
                    + region.id()
                    + "."
                    + region.metadata().partition().dnsSuffix()
                    + "/"));
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

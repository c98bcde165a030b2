package dev.chatgate.cli.deployment;

import dev.chatgate.cli.shell.RefusedException;
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
 * Asks CloudFormation for a stack: one signed call of its query API, <a
 * href="https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html">DescribeStacks</a>.
 */
final class StackReader {
  private static final int MOST_ANSWER = 4 << 20;
  private static final int OK = 200;
  private static final int THROTTLED_OR_DOWN = 500;
  private static final int ATTEMPTS = 3;

  private final SdkHttpClient http;
  private final AwsCredentialsProvider credentials;
  private final Region region;

  StackReader(SdkHttpClient http, AwsCredentialsProvider credentials, Region region) {
    this.http = http;
    this.credentials = credentials;
    this.region = region;
  }

  private record Answer(int status, String body) {}

  /**
   * Reads a stack.
   *
   * @throws RefusedException if there is none, or CloudFormation does not tell
   */
  Stack read(String name) {
    var answer = ask(name);
    if (answer.status() == OK) {
      return StackXml.stack(name, new StringReader(answer.body()));
    }
    var error = StackXml.error(new StringReader(answer.body()));
    if (error.message().contains("does not exist")) {
      throw RefusedException.cannotRun("There is no stack " + name + " in " + region.id() + ".");
    }
    throw RefusedException.cannotRun(
        "CloudFormation answered %d %s: %s"
            .formatted(answer.status(), error.code(), error.message()));
  }

  private Answer ask(String name) {
    try {
      var answer = call(name);
      for (int i = 1; i < ATTEMPTS && answer.status() >= THROTTLED_OR_DOWN; i++) {
        answer = call(name);
      }
      return answer;
    } catch (IOException e) {
      throw RefusedException.cannotRun("Nothing answers at " + endpoint() + ".");
    }
  }

  private Answer call(String name) throws IOException {
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
    var answer = http.prepareRequest(call).call();
    try (var content = answer.responseBody().orElseThrow(IOException::new)) {
      return new Answer(
          answer.httpResponse().statusCode(),
          new String(content.readNBytes(MOST_ANSWER), StandardCharsets.UTF_8));
    }
  }

  /** The SDK's own variables go before the region's usual address. */
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

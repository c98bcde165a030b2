package dev.chatgate.rollout;

import dev.chatgate.rollout.AwsRequests.Response;
import dev.chatgate.time.Pause;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Calls the newest version of a door as its front would, in two ways that need no key and cost
 * nothing: {@code GET /health}, and {@code GET /openai/v1/usage} with a key that does not exist,
 * for which the Tenants table must be read. Doors that refuse both without a CDN's secret, for
 * which the signing secret must be read, are good as well.
 */
final class VersionCheck {
  private static final Pattern STATUS = Pattern.compile("\"statusCode\"\\s*:\\s*([0-9]{3})");
  private static final Pattern VERSION = Pattern.compile("\"Version\"\\s*:\\s*\"([0-9]+)\"");
  private static final Pattern MARKER = Pattern.compile("\"NextMarker\"\\s*:\\s*\"([^\"]+)\"");

  /** What Lambda answers while a snapshot is not ready, or no instance is free. */
  private static final int CONFLICT = 409;

  private static final int TOO_MANY = 429;
  private static final int SERVER_ERROR = 500;
  private static final int MAX_ATTEMPTS = 6;
  private static final Duration BETWEEN = Duration.ofSeconds(3);
  private static final int MAX_PAGES = 200;

  /** Has the form of keys that {@code chatgate key create} makes, so it is looked up. */
  private static final String NO_KEY = "cg_" + "0".repeat(64);

  private final AwsRequests aws;
  private final Pause pause;
  private final boolean edge;

  /**
   * @param pause between attempts
   * @param edge whether the doors refuse requests that come past the CDN, as these do
   */
  VersionCheck(AwsRequests aws, Pause pause, boolean edge) {
    this.aws = aws;
    this.pause = pause;
    this.edge = edge;
  }

  /**
   * What was found.
   *
   * @param version empty if it is not known
   * @param fault what is wrong; empty if nothing is
   */
  record Result(String function, String version, Optional<String> fault) {}

  /**
   * Checks the newest version of a function.
   *
   * @param function its name
   */
  Result of(String function) {
    var version = "";
    try {
      version = Integer.toString(newest(function));
      var fault = fault(function, version, "/health", "", edge ? 403 : 200);
      if (fault.isEmpty()) {
        fault = fault(function, version, "/openai/v1/usage", NO_KEY, edge ? 403 : 401);
      }
      return new Result(function, version, fault);
    } catch (IOException e) {
      return new Result(function, version, Optional.of("no answer: " + e.getClass().getName()));
    }
  }

  /** The largest number of a version. */
  private int newest(String function) throws IOException {
    int newest = 0;
    var marker = "";
    for (int page = 0; page < MAX_PAGES; page++) {
      var path = "/2015-03-31/functions/" + function + "/versions" + marker;
      var response = send(path, "");
      if (response.status() != 200) {
        throw new IOException("HTTP " + response.status());
      }
      var versions = VERSION.matcher(response.body());
      while (versions.find()) {
        newest = Math.max(newest, Integer.parseInt(versions.group(1)));
      }
      var next = MARKER.matcher(response.body());
      if (!next.find()) {
        break;
      }
      marker = "?Marker=" + URLEncoder.encode(next.group(1), StandardCharsets.UTF_8);
    }
    if (newest == 0) {
      throw new IOException("no version");
    }
    return newest;
  }

  private Optional<String> fault(
      String function, String version, String path, String key, int expected) throws IOException {
    var invocations = "/2015-03-31/functions/" + function + "/invocations?Qualifier=" + version;
    var response = send(invocations, event(path, key));
    if (response.status() != 200) {
      return Optional.of("Lambda answered HTTP " + response.status());
    }
    if (response.functionError().isPresent()) {
      return Optional.of("the function failed at " + path + "; its log says why");
    }
    var status = STATUS.matcher(response.body());
    if (!status.find()) {
      return Optional.of("no status in the answer to " + path);
    }
    return status.group(1).equals(Integer.toString(expected))
        ? Optional.empty()
        : Optional.of(path + " answered " + status.group(1) + " instead of " + expected);
  }

  private Response send(String path, String body) throws IOException {
    var response = aws.send("lambda", path, Map.of(), body);
    for (int i = 1; i < MAX_ATTEMPTS && isPassing(response.status()); i++) {
      pause.pause(BETWEEN);
      response = aws.send("lambda", path, Map.of(), body);
    }
    return response;
  }

  private static boolean isPassing(int status) {
    return status == CONFLICT || status == TOO_MANY || status >= SERVER_ERROR;
  }

  /** An event of both doors, payload 2.0. */
  private static String event(String path, String key) {
    return """
    {"version":"2.0","routeKey":"$default","rawPath":"%1$s","rawQueryString":"",\
    "headers":{"authorization":"Bearer %2$s","user-agent":"chatgate-rollout-check"},\
    "requestContext":{"accountId":"anonymous","apiId":"rollout","domainName":"rollout.invalid",\
    "http":{"method":"GET","path":"%1$s","protocol":"HTTP/1.1","sourceIp":"127.0.0.1",\
    "userAgent":"chatgate-rollout-check"},"requestId":"rollout","routeKey":"$default",\
    "stage":"$default","timeEpoch":%3$d},"isBase64Encoded":false}\
    """
        .formatted(path, key, System.currentTimeMillis());
  }
}

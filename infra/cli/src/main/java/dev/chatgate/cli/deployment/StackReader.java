package dev.chatgate.cli.deployment;

import dev.chatgate.cli.console.CommandException;
import dev.chatgate.cli.deployment.SignedRequests.Response;
import dev.chatgate.cli.deployment.SignedRequests.Service;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a CloudFormation stack by signed calls of the query API, <a
 * href="https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html">DescribeStacks</a>
 * and <a
 * href="https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html">ListStackResources</a>.
 */
final class StackReader {
  private static final String VERSION = "2010-05-15";

  /** Pages of a hundred resources each; a stack has at most 500. */
  private static final int MAX_PAGES = 10;

  private final SignedRequests requests;

  StackReader(SignedRequests requests) {
    this.requests = requests;
  }

  /**
   * Reads a stack.
   *
   * @throws CommandException if it does not exist, or CloudFormation returns an error
   */
  Stack read(String name) {
    var response = call(name, Map.of("Action", "DescribeStacks"));
    return StackXml.stack(name, new StringReader(response.body()));
  }

  /**
   * Reads the resources of a stack.
   *
   * @throws CommandException if it does not exist, or CloudFormation returns an error
   */
  List<StackResource> resources(String name) {
    var resources = new ArrayList<StackResource>();
    var form = new HashMap<>(Map.of("Action", "ListStackResources"));
    for (int page = 0; page < MAX_PAGES; page++) {
      var body = call(name, form).body();
      resources.addAll(StackXml.resources(new StringReader(body)));
      var next = StackXml.texts(new StringReader(body)).getOrDefault("NextToken", "").strip();
      if (next.isEmpty()) {
        break;
      }
      form.put("NextToken", next);
    }
    return resources;
  }

  private Response call(String name, Map<String, String> fields) {
    var form = new HashMap<>(fields);
    form.put("Version", VERSION);
    form.put("StackName", name);
    var response = send(form);
    if (response.isOk()) {
      return response;
    }
    var error = StackXml.error(new StringReader(response.body()));
    if (error.message().contains("does not exist")) {
      throw CommandException.error(
          "Stack " + name + " does not exist in " + requests.region() + ".");
    }
    throw CommandException.error(
        AwsErrorMessages.ofExpiredCredentials(error.code())
            .orElseGet(() ->
                "CloudFormation returned HTTP %d %s: %s"
                    .formatted(response.status(), error.code(), error.message())));
  }

  private Response send(Map<String, String> form) {
    try {
      return requests.post(Service.CLOUDFORMATION, form);
    } catch (IOException e) {
      throw CommandException.error(
          "Cannot connect to " + requests.endpoint(Service.CLOUDFORMATION) + ".");
    }
  }
}

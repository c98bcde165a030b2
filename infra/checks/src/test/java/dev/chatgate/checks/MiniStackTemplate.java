package dev.chatgate.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The template less what MiniStack lacks, and with the way to the packages that it cannot run. */
final class MiniStackTemplate {
  /**
   * All that is taken out, as JSON pointers below {@code /Resources}, by what MiniStack says to it.
   * {@code AWS::CodeDeploy::*} is what SAM makes of a deployment preference.
   */
  static final Map<String, List<String>> REFUSED =
      Map.of(
          "AWS::CodeDeploy",
          List.of(
              "/ApiFunction/Properties/DeploymentPreference",
              "/StreamFunction/Properties/DeploymentPreference"),
          "metric math",
          List.of(
              "/ErrorRateAlarm",
              "/Api5xxAlarm",
              "/StreamUrl5xxAlarm",
              "/ProviderFailuresAlarm",
              "/ProviderKeyAlarm",
              "/TenantsTableThrottledAlarm",
              "/QuotaTableThrottledAlarm",
              "/UsageTableThrottledAlarm",
              "/SpendAlarm",
              "/SpendAnomalyAlarm"));

  /** Made of nothing but alarms that are out. */
  private static final String COMPOSITE = "/TenantsSeeErrorsAlarm";

  /** Everything that is out, in one list. */
  static final List<String> LACKED =
      Stream.concat(REFUSED.values().stream().flatMap(List::stream), Stream.of(COMPOSITE)).toList();

  private static final String PROXY_VARIABLE = "MINISTACK_LAMBDA_PROXY_URL";

  private MiniStackTemplate() {}

  /**
   * The one transform.
   *
   * @param template as it is, or as {@code sam build} leaves it
   * @return a copy without {@link #LACKED}
   */
  static Template without(Template template) {
    return less(LACKED, template);
  }

  /** A copy with one thing in it that MiniStack lacks. */
  static Template withoutAllBut(String lacked, Template template) {
    return less(LACKED.stream().filter(pointer -> !pointer.equals(lacked)).toList(), template);
  }

  private static Template less(List<String> pointers, Template template) {
    JsonNode copy = template.root().deepCopy();
    for (var pointer : pointers) {
      int name = pointer.lastIndexOf('/');
      var parent = copy.at("/Resources" + pointer.substring(0, name));
      if (!(parent instanceof ObjectNode object)
          || object.remove(pointer.substring(name + 1)) == null) {
        throw new IllegalStateException("the template has no " + pointer);
      }
    }
    return new Template(copy);
  }

  /**
   * Sends each function's invocations elsewhere.
   *
   * @param url gets the function's logical id appended
   */
  static Template carriedTo(String url, Template template) {
    JsonNode copy = template.root().deepCopy();
    for (var function : template.ofType("AWS::Serverless::Function").keySet()) {
      var variables = copy.at("/Resources/%s/Properties/Environment/Variables".formatted(function));
      ((ObjectNode) variables).put(PROXY_VARIABLE, url + "/" + function);
    }
    return new Template(copy);
  }
}

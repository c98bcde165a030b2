package dev.chatgate.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The template for MiniStack, without resources that it does not support, and with functions that
 * forward to the packages, which it cannot run.
 */
final class MiniStackTemplate {
  /**
   * The removed parts, as JSON pointers below {@code /Resources}, by MiniStack's error message. SAM
   * generates {@code AWS::CodeDeploy::*} from a deployment preference.
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
              "/QuotaWarningAlarm",
              "/InvalidKeysAlarm",
              "/RefusedCallsAlarm",
              "/AccountConcurrencyAlarm",
              "/ReconcilerSilentAlarm",
              "/TenantsTableThrottledAlarm",
              "/QuotaTableThrottledAlarm",
              "/UsageTableThrottledAlarm",
              "/SpendAlarm",
              "/SpendAnomalyAlarm"));

  /** Resources that depend only on removed alarms. */
  private static final String COMPOSITE = "/TenantsSeeErrorsAlarm";

  /** All removed parts. */
  static final List<String> LACKED =
      Stream.concat(REFUSED.values().stream().flatMap(List::stream), Stream.of(COMPOSITE)).toList();

  private static final String PROXY_VARIABLE = "MINISTACK_LAMBDA_PROXY_URL";

  private MiniStackTemplate() {}

  /**
   * Removes the unsupported parts.
   *
   * @param template the original, or the output of {@code sam build}
   * @return a copy without {@link #LACKED}
   */
  static Template without(Template template) {
    return less(LACKED, template);
  }

  /** Returns a copy that keeps one of the unsupported parts. */
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
   * Makes each function forward its invocations to a URL.
   *
   * @param url the URL; the function's logical id is appended
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

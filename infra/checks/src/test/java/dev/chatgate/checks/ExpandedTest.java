package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Checks what CloudFormation receives: SAM's transform adds resources and policies that are not in
 * {@code template.yaml}.
 */
@Tag("outside")
class ExpandedTest {
  /** Types that have no tags, and rules, to which SAM gives none. */
  private static final Set<String> UNTAGGED =
      Set.of(
          "AWS::Events::Rule",
          "AWS::Lambda::Alias",
          "AWS::Lambda::EventInvokeConfig",
          "AWS::Lambda::Permission",
          "AWS::Lambda::Url",
          "AWS::Lambda::Version",
          "AWS::Logs::MetricFilter",
          "AWS::SNS::Subscription",
          "AWS::SNS::TopicPolicy");

  private static Template source;
  private static Template expanded;

  @BeforeAll
  static void expand() throws Exception {
    var file = Repository.ROOT.resolve("template.yaml");
    source = Template.read(file);
    expanded = SamTranslator.expand(file);
  }

  /** SAM adds AWS's policies to the roles that it makes. */
  @Test
  void everyFunctionHasARoleOfTheTemplateAndNoPolicyOfAws() {
    var roles = new TreeSet<String>();
    expanded
        .ofType("AWS::Lambda::Function")
        .forEach((name, function) -> {
          var role = function.at("/Role/Fn::GetAtt");
          roles.add(role.isArray() ? role.get(0).asText() : role.asText().replace(".Arn", ""));
        });
    assertEquals(source.ofType("AWS::IAM::Role").keySet(), roles);
    roles.forEach(role -> {
      JsonNode properties = expanded.properties(role);
      assertFalse(properties.has("ManagedPolicyArns"), role);
      assertEquals(source.statements(role).size(), expanded.statements(role).size(), role);
    });
    var others = new TreeSet<>(expanded.ofType("AWS::IAM::Role").keySet());
    others.removeAll(roles);
    assertEquals(Set.of("CodeDeployServiceRole"), others);
  }

  /** So that the whole bill of a stage can be told from the others' in an account. */
  @Test
  void everythingIsTaggedWithTheStage() {
    expanded
        .resources()
        .properties()
        .forEach(entry -> {
          var type = entry.getValue().get("Type").asText();
          var properties = entry.getValue().get("Properties");
          assertEquals(
              !UNTAGGED.contains(type),
              properties.toString().contains("chatgate:stage"),
              entry.getKey() + " " + type);
        });
  }

  @Test
  void theApisStageIsThrottled() {
    var stages = expanded.ofType("AWS::ApiGatewayV2::Stage").values();

    assertEquals(1, stages.size());
    stages.forEach(stage ->
        assertEquals(
            Template.read(
                    """
                    ThrottlingRateLimit: !Ref ApiRequestsPerSecond
                    ThrottlingBurstLimit: !Ref ApiBurst
                    """)
                .root(),
            stage.get("DefaultRouteSettings")));
  }

  @Test
  void noFunctionIsTraced() {
    expanded
        .ofType("AWS::Lambda::Function")
        .forEach((name, function) -> assertFalse(function.has("TracingConfig"), name));
  }
}

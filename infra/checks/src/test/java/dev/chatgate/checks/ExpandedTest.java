package dev.chatgate.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
          "AWS::Logs::SubscriptionFilter",
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

  @ParameterizedTest
  @CsvSource({
    "api-and-url,on",
    "api-and-url,off",
    "url,on",
    "url,off",
    "api,on",
    "api,off",
  })
  void eachSetOfDoorsIsWholeAndWithoutFault(String doors, String watch) throws Exception {
    var parameters =
        Map.of(
            "Doors", doors,
            "Watch", watch,
            "Stage", "production",
            "AwsBudgetUsd", "10",
            "RolloutCheck", watch,
            "LogExportStreamArn", "arn:aws:firehose:eu-west-1:123456789012:deliverystream/logs",
            "RestoredQuotaTable", "chatgate-prod-QuotaTable-2",
            "KmsKeyArn", "arn:aws:kms:eu-west-1:123456789012:key/k");
    var decided = Decided.of(expanded, parameters);

    assertEquals(Set.of(), Decided.dangling(decided));
    assertEquals(doors.equals("api"), decided.ofType("AWS::Lambda::Url").isEmpty());
    assertEquals(doors.equals("url"), decided.ofType("AWS::ApiGatewayV2::Api").isEmpty());
    assertEquals(doors.equals("api-and-url") ? 3 : 2, decided.ofType("AWS::Events::Rule").size());
    var file = Repository.TARGET.resolve("%s-%s.json".formatted(doors, watch));
    Files.writeString(file, new ObjectMapper().writeValueAsString(decided.root()));
    assertEquals(
        "",
        ExternalTools.run(
            Map.of("AWS_DEFAULT_REGION", "us-east-1"),
            ExternalTools.find("python/bin/cfn-lint"),
            file,
            // A parameter that only conditions used is not used any more.
            "--ignore-checks",
            "W2001"));
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
    var own = new TreeSet<>(source.ofType("AWS::IAM::Role").keySet());
    own.remove("LogExportRole");
    assertEquals(own, roles);
    roles.forEach(role -> {
      JsonNode properties = expanded.properties(role);
      assertFalse(properties.has("ManagedPolicyArns"), role);
      assertEquals(source.statements(role).size(), expanded.statements(role).size(), role);
    });
    var others = new TreeSet<>(expanded.ofType("AWS::IAM::Role").keySet());
    others.removeAll(roles);
    assertEquals(Set.of("CodeDeployServiceRole", "LogExportRole"), others);
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

package dev.chatgate.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.chatgate.aws.dynamodb.Tables;
import dev.chatgate.local.template.SamTemplate;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableNamesTest {
  @Test
  void theLocalTablesAreTheOnesThatTheCommandLineLooksFor() {
    var template = SamTemplate.read(Path.of("..", "..", "template.yaml"), Map.of());
    var environment = template.function("ApiFunction").orElseThrow().environment();
    assertEquals(Tables.LOCAL, Tables.fromEnvironment(environment));
  }
}

package dev.chatgate.clients;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CaseTest {
  @ParameterizedTest
  @EnumSource
  void theReadmeDescribesEveryCase(Case one) throws Exception {
    String readme = Files.readString(ClientMatrix.root().resolve("infra/clients/README.md"));
    assertTrue(readme.contains("`" + one.id() + "`"), one.id());
  }
}

package dev.chatgate.gateway.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathsTest {
  @ParameterizedTest
  @CsvSource({
    "/v1/models,/v1/models",
    "/v1/models/a%2Fb,/v1/models/a/b",
    "/v1/models/a%2fb,/v1/models/a/b",
    "/v1/models/%C3%A4,/v1/models/ä",
    "/v1/models/%252F,/v1/models/%2F",
    "/v1/models/100%,/v1/models/100%",
    "/v1/models/%zz,/v1/models/%zz",
    "/v1/models/%2,/v1/models/%2"
  })
  void decodesOnce(String path, String decoded) {
    assertEquals(decoded, Paths.decoded(path));
  }

  @Test
  void removesANamedStage() {
    assertEquals("/v1/models", Paths.withoutStage("/prod/v1/models", "prod"));
    assertEquals("", Paths.withoutStage("/prod", "prod"));
    assertEquals("/production/v1", Paths.withoutStage("/production/v1", "prod"));
    assertEquals("/v1/models", Paths.withoutStage("/v1/models", "prod"));
    assertEquals("/v1/models", Paths.withoutStage("/v1/models", "$default"));
    assertEquals("/v1/models", Paths.withoutStage("/v1/models", null));
  }
}

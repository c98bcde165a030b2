package dev.chatgate.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/openai/v1/chat/completions",
        "/v1/chat/completions",
        "/v1/chat/completions/",
        "//openai//v1/chat///completions//",
        "v1/chat/completions"
      })
  void chatStandsWithAndWithoutPrefixAndSpareSlashes(String path) {
    assertEquals(Optional.of(new Route.Chat()), Route.of(path));
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/models/gpt-x,gpt-x",
    "/openai/v1/models/provider/model-x,provider/model-x",
    "/v1/models/provider//model-x/,provider/model-x"
  })
  void aModelsIdIsTheRestOfThePath(String path, String id) {
    assertEquals(Optional.of(new Route.Model(id)), Route.of(path));
  }

  @Test
  void theListAndTheHealthCheckHavePathsOfTheirOwn() {
    assertEquals(Optional.of(new Route.Models()), Route.of("/v1/models/"));
    assertEquals(Optional.of(new Route.Usage()), Route.of("/openai/v1/usage"));
    assertEquals(Optional.of(new Route.Health()), Route.of("/health"));
    assertEquals(Optional.of(new Route.Description()), Route.of("/openapi.json"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "", "/openai", "/v1", "/v1/chat", "/openai/openai/v1/models", "/v2/models"})
  void anythingElseIsUnknown(String path) {
    assertEquals(Optional.empty(), Route.of(path));
  }
}

package dev.chatgate.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.openai.operation.Operation;
import dev.chatgate.openai.operation.chat.ChatOperation;
import dev.chatgate.openai.tokens.TokenCounters;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTest {
  private static final Operation CHAT = new ChatOperation(new TokenCounters());

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
    assertEquals(Optional.of(new Route.Metered(CHAT)), Route.of(path, List.of(CHAT)));
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/models/gpt-x,gpt-x",
    "/openai/v1/models/provider/model-x,provider/model-x",
    "/v1/models/provider//model-x/,provider/model-x"
  })
  void aModelsIdIsTheRestOfThePath(String path, String id) {
    assertEquals(Optional.of(new Route.Model(id)), Route.of(path, List.of(CHAT)));
  }

  @Test
  void theListAndTheHealthCheckHavePathsOfTheirOwn() {
    assertEquals(Optional.of(new Route.Models()), Route.of("/v1/models/", List.of(CHAT)));
    assertEquals(Optional.of(new Route.Usage()), Route.of("/openai/v1/usage", List.of(CHAT)));
    assertEquals(
        Optional.of(new Route.ClientSecrets()),
        Route.of("/openai/v1/client_secrets", List.of(CHAT)));
    assertEquals(Optional.of(new Route.Health()), Route.of("/health", List.of(CHAT)));
    assertEquals(Optional.of(new Route.Description()), Route.of("/openapi.json", List.of(CHAT)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "", "//", "/playground", "/openai/playground/"})
  void thePageIsTheRoot(String path) {
    assertEquals(Optional.of(new Route.Playground()), Route.of(path, List.of(CHAT)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/openai", "/v1", "/v1/chat", "/openai/openai/v1/models", "/v2/models"})
  void anythingElseIsUnknown(String path) {
    assertEquals(Optional.empty(), Route.of(path, List.of(CHAT)));
  }

  @Test
  void theUsualMistakesAreAnsweredWithAdvice() {
    for (var path : List.of("/openai/v1/responses", "/v1/responses/", "/responses")) {
      assertTrue(Route.advice(path).contains("client.chat.completions.create"), path);
    }
    for (var path : List.of("/chat/completions", "/openai/chat/completions/", "//models")) {
      assertEquals(" The base URL ends with /openai/v1.", Route.advice(path), path);
    }
    for (var path : List.of("/", "/v1/embeddings", "/responsesx", "/chat")) {
      assertEquals("", Route.advice(path), path);
    }
  }
}

package dev.chatgate.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A third-party library that makes and checks JSON Web Tokens. */
enum TokenLibrary {
  /** jose, of npm. */
  JOSE,
  /** PyJWT, of PyPI. */
  PYJWT;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The other library. */
  TokenLibrary other() {
    return this == JOSE ? PYJWT : JOSE;
  }

  /**
   * Runs a command of {@code npm/tokens.cjs} or {@code python/tokens.py}, which describe them.
   *
   * @param command the command's name
   * @param input what it reads
   * @return what it prints
   */
  JsonNode run(String command, Map<String, ?> input) throws IOException, InterruptedException {
    var text = JSON.writeValueAsString(input);
    return JSON.readTree(
        switch (this) {
          case JOSE ->
              ExternalTools.answer(
                  ExternalTools.nodePath(), text, "node", "infra/checks/npm/tokens.cjs", command);
          case PYJWT ->
              ExternalTools.answer(
                  Map.of(),
                  text,
                  ExternalTools.find("tokens/bin/python"),
                  "infra/checks/python/tokens.py",
                  command);
        });
  }

  /**
   * Makes tokens, and one key for each algorithm, which is also the key's name.
   *
   * @param tokens what to make
   */
  Minted mint(List<Order> tokens) throws IOException, InterruptedException {
    var minted = run("mint", Map.of("tokens", tokens));
    return new Minted(minted.path("jwks"), minted.path("tokens"));
  }

  /**
   * A token to be made.
   *
   * @param name names it in the answer
   * @param alg an algorithm of RFC 7518 or RFC 8037; the commands describe two more names
   * @param claims its claims
   */
  record Order(String name, String alg, JsonNode claims) {}

  /**
   * What was made.
   *
   * @param jwks the key set
   * @param tokens each token by its name
   */
  record Minted(JsonNode jwks, JsonNode tokens) {
    /** The token of a name. */
    String token(String name) {
      return tokens.required(name).asText();
    }
  }
}

package dev.chatgate.bench.figures;

import java.util.List;
import java.util.Map;

/** Puts the package's jars together as the decisions do. */
final class Library {
  private static final List<Map.Entry<String, String>> BY_PREFIX =
      List.of(
          Map.entry("chatgate-", "Chatgate"),
          Map.entry("micronaut-", "micronaut-inject"),
          Map.entry("jakarta.", "micronaut-inject"),
          Map.entry("dynamodb-", "AWS SDK: dynamodb"),
          Map.entry("secretsmanager-", "AWS SDK: secretsmanager"),
          Map.entry("apache5-client-", "apache5-client, httpclient5"),
          Map.entry("http", "apache5-client, httpclient5"),
          Map.entry("jackson-core-", "jackson-core"),
          Map.entry("aws-lambda-java-", "aws-lambda-java-core"),
          Map.entry("slf4j-", "slf4j"),
          Map.entry("jspecify-", "jspecify"));

  private Library() {}

  /** The library that a jar belongs to: what is nobody else's is the SDK's core. */
  static String of(String jar) {
    // The SDK's own parts of these names have the SDK's version.
    boolean sdks = jar.startsWith("http-");
    return sdks
        ? "AWS SDK: core"
        : BY_PREFIX.stream()
            .filter(prefix -> jar.startsWith(prefix.getKey()))
            .findFirst()
            .map(Map.Entry::getValue)
            .orElse("AWS SDK: core");
  }
}

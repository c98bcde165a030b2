package dev.chatgate.local;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The settings from the environment, validated. Settings that the functions read are kept as text
 * and passed on under their own names, so that their defaults are defined in the template only.
 *
 * @param apiPort of the API Gateway door; 0 for any free one
 * @param streamPort of the function URL door; 0 for any free one
 * @param awsPort of DynamoDB and Secrets Manager; 0 for any free one
 * @param upstreamBaseUrl a provider; absent means the built-in upstream
 * @param upstreamApiKey the provider's key
 * @param tenants a file of tenants; absent means the demo tenant
 * @param prices a file of prices
 * @param dataDir where DynamoDB keeps its data; absent means in memory
 * @param instances maximum number of instances of a function, at least 1
 * @param reconcileEvery how often the reconciler runs; zero disables the schedule
 * @param jsonLog whether log lines are printed as the functions write them, and not for a person
 * @param forFunctions settings that the functions read themselves
 */
public record LocalSettings(
    int apiPort,
    int streamPort,
    int awsPort,
    Optional<URI> upstreamBaseUrl,
    Optional<String> upstreamApiKey,
    Optional<Path> tenants,
    Optional<Path> prices,
    Optional<Path> dataDir,
    int instances,
    Duration reconcileEvery,
    boolean jsonLog,
    Map<String, String> forFunctions) {

  private static final List<WholeNumber> NUMBERS =
      List.of(
          new WholeNumber("CHATGATE_CALL_SECONDS", 1, 870),
          new WholeNumber("CHATGATE_CACHE_SECONDS", 0, 3_600),
          new WholeNumber("CHATGATE_MAX_BODY_BYTES", 1, 6_291_456),
          new WholeNumber("CHATGATE_DEFAULT_MAX_TOKENS", 1, 1_000_000_000),
          new WholeNumber("UPSTREAM_CONNECT_MS", 1, 900_000),
          new WholeNumber("UPSTREAM_FIRST_BYTE_MS", 1, 900_000),
          new WholeNumber("UPSTREAM_IDLE_MS", 1, 900_000),
          new WholeNumber("UPSTREAM_RETRIES", 0, 10),
          new WholeNumber("AWS_LAMBDA_MAX_CONCURRENCY", 1, 1_024));

  /**
   * Lambda's own variables that are passed on even if the template does not set them: calls at
   * once, SnapStart, options of the virtual machine.
   */
  static final Set<String> PLATFORM =
      Set.of("AWS_LAMBDA_MAX_CONCURRENCY", "AWS_LAMBDA_INITIALIZATION_TYPE", "JAVA_TOOL_OPTIONS");

  /** Copies the map. */
  public LocalSettings {
    forFunctions = Map.copyOf(forFunctions);
  }

  /**
   * Reads the settings.
   *
   * @param environment names and values; an empty value counts as absent
   * @throws StartException if a value is invalid
   */
  public static LocalSettings from(Map<String, String> environment) {
    var given = new HashMap<>(environment);
    given.values().removeIf(String::isBlank);
    return new LocalSettings(
        number(given, "CHATGATE_API_PORT", 8080, 0, 65_535),
        number(given, "CHATGATE_STREAM_PORT", 8081, 0, 65_535),
        number(given, "CHATGATE_AWS_PORT", 8082, 0, 65_535),
        Optional.ofNullable(given.get("UPSTREAM_BASE_URL")).map(LocalSettings::httpUrl),
        Optional.ofNullable(given.get("UPSTREAM_API_KEY")),
        file(given, "CHATGATE_TENANTS"),
        file(given, "CHATGATE_PRICES"),
        Optional.ofNullable(given.get("CHATGATE_DATA_DIR")).map(Path::of),
        number(given, "CHATGATE_INSTANCES", 4, 1, 1_000),
        Duration.ofSeconds(number(given, "CHATGATE_RECONCILE_SECONDS", 60, 0, 86_400)),
        jsonLog(given.getOrDefault("CHATGATE_LOG", "text")),
        forFunctions(given));
  }

  private static boolean jsonLog(String form) {
    return switch (form) {
      case "text" -> false;
      case "json" -> true;
      default -> throw new StartException("CHATGATE_LOG is text or json, not \"" + form + "\".");
    };
  }

  private static Map<String, String> forFunctions(Map<String, String> given) {
    var settings = new HashMap<String, String>();
    for (WholeNumber setting : NUMBERS) {
      if (given.containsKey(setting.name())) {
        int value = number(given, setting.name(), 0, setting.min(), setting.max());
        settings.put(setting.name(), Integer.toString(value));
      }
    }
    Optional.ofNullable(given.get("CHATGATE_ALLOWED_ORIGINS"))
        .ifPresent(origins -> settings.put("CHATGATE_ALLOWED_ORIGINS", origins));
    Optional.ofNullable(given.get("CHATGATE_SPENT_STATUS"))
        .ifPresent(status -> settings.put("CHATGATE_SPENT_STATUS", spentStatus(status)));
    if (given.containsKey("CHATGATE_LOG_CALLER_ADDRESS")) {
      settings.put(
          "CHATGATE_LOG_CALLER_ADDRESS", onOrOff(given, "CHATGATE_LOG_CALLER_ADDRESS", "off"));
    }
    settings.put("CHATGATE_PLAYGROUND", onOrOff(given, "CHATGATE_PLAYGROUND", "on"));
    PLATFORM.stream()
        .filter(given::containsKey)
        .forEach(name -> settings.putIfAbsent(name, given.get(name)));
    return settings;
  }

  private static String onOrOff(Map<String, String> given, String name, String defaultValue) {
    String value = given.getOrDefault(name, defaultValue);
    if (!value.equals("on") && !value.equals("off")) {
      throw new StartException(name + " is on or off, not \"" + value + "\".");
    }
    return value;
  }

  private static String spentStatus(String status) {
    if (!status.equals("429") && !status.equals("402")) {
      throw new StartException("CHATGATE_SPENT_STATUS is 429 or 402, not \"" + status + "\".");
    }
    return status;
  }

  private static int number(
      Map<String, String> given, String name, int defaultValue, int min, int max) {
    String text = given.get(name);
    if (text == null) {
      return defaultValue;
    }
    try {
      int value = Integer.parseInt(text.strip());
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below, like a number out of range.
    }
    throw new StartException(
        "%s is a whole number from %d to %d, not \"%s\".".formatted(name, min, max, text));
  }

  private static URI httpUrl(String text) {
    try {
      URI url = URI.create(text);
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (http && url.getHost() != null && url.getQuery() == null && url.getFragment() == null) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // Reported below, like a URL of another scheme.
    }
    throw new StartException(
        "UPSTREAM_BASE_URL is an http or https URL without query or fragment, not \""
            + text
            + "\".");
  }

  private static Optional<Path> file(Map<String, String> given, String name) {
    Optional<Path> file = Optional.ofNullable(given.get(name)).map(Path::of);
    file.filter(path -> !Files.isReadable(path))
        .ifPresent(path -> {
          throw new StartException(name + " names the file " + path + ", which cannot be read.");
        });
    return file;
  }

  /** Leaves the provider's key out. */
  @Override
  public String toString() {
    return "Settings[apiPort=%d, streamPort=%d, awsPort=%d, instances=%d, forFunctions=%s]"
        .formatted(apiPort, streamPort, awsPort, instances, forFunctions);
  }

  private record WholeNumber(String name, int min, int max) {}
}

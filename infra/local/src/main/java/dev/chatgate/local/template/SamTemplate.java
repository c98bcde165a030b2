package dev.chatgate.local.template;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * The deployable template, read for what the local doors need: functions, tables and secrets. They
 * come from nowhere else, so that what runs here is what is deployed.
 */
public final class SamTemplate {
  /** The region and account that local names carry. */
  public static final String REGION = "us-east-1";

  static final String ACCOUNT = "000000000000";

  private final Map<String, Object> resources;
  private final Map<String, Object> globals;
  private final Resolver resolver;
  private final Path folder;

  private SamTemplate(Map<String, Object> document, Map<String, String> parameters, Path folder) {
    this.folder = folder;
    this.resources = section(document, "Resources");
    this.globals = section(document, "Globals");
    var references = new HashMap<>(pseudoParameters());
    references.putAll(parameterValues(section(document, "Parameters"), parameters));
    resources.keySet().forEach(id -> references.put(id, physicalName(id)));
    this.resolver =
        new Resolver(
            references,
            section(document, "Conditions"),
            section(document, "Mappings"),
            this::attribute);
  }

  /**
   * Reads a template.
   *
   * @param file {@code template.yaml}
   * @param parameters values for its parameters; the others have their defaults
   * @throws TemplateException if the file is missing or is no template
   */
  public static SamTemplate read(Path file, Map<String, String> parameters) {
    try {
      Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElseThrow();
      return new SamTemplate(TaggedYaml.read(Files.readString(file)), parameters, folder);
    } catch (NoSuchFileException e) {
      throw new TemplateException("there is no " + file, e);
    } catch (YAMLException e) {
      throw new TemplateException(file + " is not readable YAML: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A function of the stack.
   *
   * @param logicalId its name in the template
   * @return empty if the template has no such function
   */
  public Optional<FunctionDefinition> function(String logicalId) {
    if (!resources.containsKey(logicalId)) {
      return Optional.empty();
    }
    TemplateMap own = properties(logicalId);
    TemplateMap global =
        TemplateMap.of("Globals.Function", resolver.resolve(section(globals, "Function")));
    var environment = new HashMap<String, String>();
    variables(global, environment);
    variables(own, environment);
    Optional<String> timeout = own.text("Timeout").or(() -> global.text("Timeout"));
    Optional<String> memory = own.text("MemorySize").or(() -> global.text("MemorySize"));
    return Optional.of(
        new FunctionDefinition(
            logicalId,
            folder.resolve(own.text("CodeUri").orElseGet(() -> global.requiredText("CodeUri"))),
            own.text("Handler").orElseGet(() -> global.requiredText("Handler")),
            Duration.ofSeconds(timeout.map(Long::valueOf).orElse(3L)),
            memory.map(Integer::valueOf).orElse(128),
            environment,
            eventProperty(own, "TimeoutInMillis").map(Long::valueOf).map(Duration::ofMillis),
            eventProperty(own, "Input")));
  }

  /** Every table of the stack, in the template's order. */
  public List<TableDefinition> tables() {
    return ofType("AWS::DynamoDB::Table").map(this::table).toList();
  }

  /** Every secret of the stack, in the template's order. */
  public List<SecretDefinition> secrets() {
    return ofType("AWS::SecretsManager::Secret").map(this::secret).toList();
  }

  private SecretDefinition secret(String id) {
    TemplateMap secret = properties(id);
    String generate = "GenerateSecretString";
    return new SecretDefinition(
        physicalName(id),
        secret.has(generate)
            ? Optional.of(GeneratedSecret.of(secret.tree(generate)))
            : Optional.empty());
  }

  private java.util.stream.Stream<String> ofType(String type) {
    return resources.keySet().stream().filter(id -> type.equals(type(id)));
  }

  private String type(String id) {
    return TemplateMap.of(id, resources.get(id)).requiredText("Type");
  }

  private TemplateMap properties(String id) {
    Object properties = section(resources, id).get("Properties");
    return TemplateMap.of(id, resolver.resolve(properties == null ? Map.of() : properties));
  }

  private static void variables(TemplateMap function, Map<String, String> into) {
    TemplateMap variables = function.tree("Environment").tree("Variables");
    variables.names().forEach(name -> into.put(name, variables.text(name).orElse("")));
  }

  private static Optional<String> eventProperty(TemplateMap function, String name) {
    TemplateMap events = function.tree("Events");
    return events
        .names()
        .map(event -> events.tree(event).tree("Properties").text(name))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private TableDefinition table(String id) {
    TemplateMap table = properties(id);
    var types = new LinkedHashMap<String, String>();
    for (TemplateMap attribute : table.trees("AttributeDefinitions")) {
      types.put(attribute.requiredText("AttributeName"), attribute.requiredText("AttributeType"));
    }
    return new TableDefinition(
        id,
        physicalName(id),
        key(table),
        types,
        table.trees("GlobalSecondaryIndexes").stream().map(SamTemplate::index).toList(),
        table.tree("TimeToLiveSpecification").text("AttributeName"));
  }

  private static TableDefinition.Index index(TemplateMap index) {
    TemplateMap projection = index.tree("Projection");
    return new TableDefinition.Index(
        index.requiredText("IndexName"),
        key(index),
        projection.requiredText("ProjectionType"),
        projection.texts("NonKeyAttributes"));
  }

  private static TableDefinition.Key key(TemplateMap owner) {
    Optional<String> partition = Optional.empty();
    Optional<String> sort = Optional.empty();
    for (TemplateMap part : owner.trees("KeySchema")) {
      if (part.requiredText("KeyType").equals("HASH")) {
        partition = part.text("AttributeName");
      } else {
        sort = part.text("AttributeName");
      }
    }
    return new TableDefinition.Key(
        partition.orElseThrow(() -> new TemplateException("a table without a partition key")),
        sort);
  }

  /**
   * What {@code !Ref} gives for a resource. CloudFormation generates names; these are the same in
   * every run.
   */
  private String physicalName(String id) {
    return switch (type(id)) {
      case "AWS::DynamoDB::Table" -> "chatgate-" + kebab(id.replaceAll("Table$", ""));
      case "AWS::SecretsManager::Secret" -> "chatgate/" + kebab(id.replaceAll("Secret$", ""));
      default -> id;
    };
  }

  private String attribute(String id, String name) {
    if (!name.equals("Arn") || !resources.containsKey(id)) {
      return id + "." + name;
    }
    String service =
        switch (type(id)) {
          case "AWS::DynamoDB::Table" -> "dynamodb:" + REGION + ":" + ACCOUNT + ":table/";
          case "AWS::Serverless::Function" -> "lambda:" + REGION + ":" + ACCOUNT + ":function:";
          default -> "local:" + REGION + ":" + ACCOUNT + ":";
        };
    return "arn:aws:" + service + physicalName(id);
  }

  private static String kebab(String id) {
    return id.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }

  private static Map<String, String> pseudoParameters() {
    return Map.of(
        "AWS::Region",
        REGION,
        "AWS::AccountId",
        ACCOUNT,
        "AWS::Partition",
        "aws",
        "AWS::StackName",
        "chatgate",
        "AWS::StackId",
        "arn:aws:cloudformation:" + REGION + ":" + ACCOUNT + ":stack/chatgate",
        "AWS::URLSuffix",
        "amazonaws.com");
  }

  private static Map<String, String> parameterValues(
      Map<String, Object> declared, Map<String, String> given) {
    var values = new HashMap<String, String>();
    declared.forEach((name, definition) ->
        values.put(
            name,
            given.getOrDefault(name, TemplateMap.of(name, definition).text("Default").orElse(""))));
    return values;
  }

  private static Map<String, Object> section(Map<String, Object> map, String name) {
    @Nullable Object section = map.get(name);
    var result = new LinkedHashMap<String, Object>();
    if (section instanceof Map<?, ?> found) {
      found.forEach((key, value) -> result.put(String.valueOf(key), value));
    }
    return result;
  }
}

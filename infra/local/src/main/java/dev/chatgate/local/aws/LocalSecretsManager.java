package dev.chatgate.local.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Secrets Manager's calls that the system uses, over secrets in memory: {@code CreateSecret},
 * {@code DescribeSecret}, {@code GetSecretValue} and {@code PutSecretValue}, with the staging
 * labels that a rotation moves.
 */
final class LocalSecretsManager {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String CURRENT = "AWSCURRENT";
  private static final String PREVIOUS = "AWSPREVIOUS";

  private final Clock clock;
  private final Map<String, Secret> byName = new HashMap<>();

  LocalSecretsManager(Clock clock) {
    this.clock = clock;
  }

  /**
   * An HTTP response.
   *
   * @param status 200 or 400
   * @param body JSON
   */
  record Result(int status, String body) {}

  /**
   * Answers a call.
   *
   * @param operation the part of {@code X-Amz-Target} after the dot
   * @param body JSON
   */
  synchronized Result call(String operation, String body) {
    try {
      JsonNode request = JSON.readTree(body);
      return switch (operation) {
        case "GetSecretValue" -> get(request);
        case "PutSecretValue" -> put(request);
        case "DescribeSecret" -> describe(request);
        case "CreateSecret" -> create(request);
        default -> error("UnknownOperationException", operation + " is not supported locally");
      };
    } catch (IOException e) {
      return error("InvalidRequestException", "the body is not JSON");
    } catch (NoSuchSecretException e) {
      return error("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    }
  }

  /** Creates a secret, with or without a value. */
  synchronized void create(String name, Optional<String> value) {
    var secret = new Secret(name, arn(name));
    value.ifPresent(text -> secret.put(new Value(UUID.randomUUID().toString(), text, now())));
    byName.put(name, secret);
  }

  private Result create(JsonNode request) {
    String name = request.path("Name").asText();
    if (byName.containsKey(name)) {
      return error("ResourceExistsException", "a secret of this name exists");
    }
    create(name, Optional.ofNullable(request.path("SecretString").textValue()));
    return ok(named(find(name)));
  }

  private Result get(JsonNode request) {
    Secret secret = find(request.path("SecretId").asText());
    Optional<Value> value = secret.value(request);
    if (value.isEmpty()) {
      return error(
          "ResourceNotFoundException",
          "Secrets Manager can't find the specified secret value for staging label or version.");
    }
    ObjectNode answer = named(secret);
    answer.put("VersionId", value.get().id());
    answer.put("SecretString", value.get().text());
    answer.put("CreatedDate", value.get().createdEpochSeconds());
    ArrayNode stages = answer.putArray("VersionStages");
    secret.stagesOf(value.get()).forEach(stages::add);
    return ok(answer);
  }

  private Result put(JsonNode request) {
    Secret secret = find(request.path("SecretId").asText());
    String text = request.path("SecretString").textValue();
    if (text == null) {
      return error("InvalidParameterException", "only SecretString is supported locally");
    }
    String id = request.path("ClientRequestToken").asText(UUID.randomUUID().toString());
    var value = new Value(id, text, now());
    if (!secret.put(value)) {
      return error("ResourceExistsException", "this version exists with another value");
    }
    ObjectNode answer = named(secret);
    answer.put("VersionId", id);
    answer.putArray("VersionStages").add(CURRENT);
    return ok(answer);
  }

  private Result describe(JsonNode request) {
    Secret secret = find(request.path("SecretId").asText());
    ObjectNode answer = named(secret);
    ObjectNode versions = answer.putObject("VersionIdsToStages");
    for (Value value : secret.values) {
      ArrayNode stages = versions.putArray(value.id());
      secret.stagesOf(value).forEach(stages::add);
    }
    return ok(answer);
  }

  private Secret find(String nameOrArn) {
    return byName.values().stream()
        .filter(secret -> secret.name.equals(nameOrArn) || secret.arn.equals(nameOrArn))
        .findFirst()
        .orElseThrow(NoSuchSecretException::new);
  }

  private double now() {
    return clock.millis() / 1000.0;
  }

  private static String arn(String name) {
    return "arn:aws:secretsmanager:us-east-1:000000000000:secret:" + name + "-local0";
  }

  private static ObjectNode named(Secret secret) {
    return JSON.createObjectNode().put("ARN", secret.arn).put("Name", secret.name);
  }

  private static Result ok(ObjectNode answer) {
    return new Result(200, answer.toString());
  }

  private static Result error(String type, String message) {
    ObjectNode error = JSON.createObjectNode().put("__type", type).put("Message", message);
    return new Result(400, error.toString());
  }

  private record Value(String id, String text, double createdEpochSeconds) {
    @Override
    public String toString() {
      return "Value[" + id + "]";
    }
  }

  private static final class Secret {
    private final String name;
    private final String arn;
    private final List<Value> values = new ArrayList<>();
    private final Map<String, String> versionOfStage = new HashMap<>();

    Secret(String name, String arn) {
      this.name = name;
      this.arn = arn;
    }

    /** Adds a version and moves the labels; false if the version exists with another value. */
    boolean put(Value value) {
      Optional<Value> same = version(value.id());
      if (same.isPresent()) {
        return same.get().text().equals(value.text());
      }
      values.add(value);
      String before = versionOfStage.put(CURRENT, value.id());
      if (before != null) {
        versionOfStage.put(PREVIOUS, before);
      }
      return true;
    }

    Optional<Value> value(JsonNode request) {
      if (request.hasNonNull("VersionId")) {
        return version(request.get("VersionId").asText());
      }
      String stage = request.path("VersionStage").asText(CURRENT);
      return Optional.ofNullable(versionOfStage.get(stage)).flatMap(this::version);
    }

    Set<String> stagesOf(Value value) {
      var stages = new TreeSet<String>();
      versionOfStage.forEach((stage, version) -> {
        if (version.equals(value.id())) {
          stages.add(stage);
        }
      });
      return stages;
    }

    private Optional<Value> version(String id) {
      return values.stream().filter(value -> value.id().equals(id)).findFirst();
    }
  }

  private static final class NoSuchSecretException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}

package dev.chatgate.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A CloudFormation template as JSON, with each short tag in its long form: {@code !Ref x} is {@code
 * {"Ref":"x"}}, {@code !Sub x} is {@code {"Fn::Sub":"x"}}.
 */
record Template(JsonNode root) {
  private static final Set<String> WITHOUT_PREFIX = Set.of("Ref", "Condition");

  static Template read(Path file) throws IOException {
    return read(Files.readString(file));
  }

  /** Reads a template or a part of one. */
  static Template read(String yaml) {
    Object tree = new Yaml(new Tags()).load(yaml);
    return new Template(new ObjectMapper().valueToTree(tree));
  }

  JsonNode parameters() {
    return root.get("Parameters");
  }

  JsonNode resources() {
    return root.get("Resources");
  }

  JsonNode properties(String resource) {
    return resources().get(resource).get("Properties");
  }

  /** The properties of every resource of a type, by logical id. */
  Map<String, JsonNode> ofType(String type) {
    var found = new TreeMap<String, JsonNode>();
    resources()
        .properties()
        .forEach(resource -> {
          if (resource.getValue().path("Type").asText().equals(type)) {
            found.put(resource.getKey(), resource.getValue().path("Properties"));
          }
        });
    return found;
  }

  /** The statements of a role's own policies. */
  List<JsonNode> statements(String role) {
    return properties(role)
        .path("Policies")
        .valueStream()
        .flatMap(policy -> policy.at("/PolicyDocument/Statement").valueStream())
        .toList();
  }

  /** Every value of a field of this name, anywhere below the node. */
  static List<JsonNode> everywhere(JsonNode node, String field) {
    return node.findValues(field);
  }

  private static final class Tags extends SafeConstructor {
    Tags() {
      super(new LoaderOptions());
      yamlMultiConstructors.put("!", new LongForm());
    }

    private final class LongForm extends AbstractConstruct {
      @Override
      public Object construct(Node node) {
        var tag = node.getTag().getValue().substring(1);
        return Map.of(WITHOUT_PREFIX.contains(tag) ? tag : "Fn::" + tag, value(node));
      }

      private Object value(Node node) {
        return switch (node) {
          case ScalarNode scalar -> constructScalar(scalar);
          case SequenceNode sequence -> constructSequence(sequence);
          case MappingNode mapping -> constructMapping(mapping);
          default -> throw new IllegalArgumentException("not a value: " + node.getStartMark());
        };
      }
    }
  }
}

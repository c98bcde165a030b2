package dev.chatgate.local.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** YAML with CloudFormation's short tags, each read as an {@link Intrinsic}. */
final class TaggedYaml extends SafeConstructor {
  private TaggedYaml() {
    super(new LoaderOptions());
    yamlMultiConstructors.put("!", new Tagged());
  }

  static Map<String, Object> read(String yaml) {
    Object document = new Yaml(new TaggedYaml()).load(yaml);
    if (document instanceof Map<?, ?> map) {
      return stringKeys(map);
    }
    throw new TemplateException("the template is not a YAML map");
  }

  private static Map<String, Object> stringKeys(Map<?, ?> map) {
    var result = new LinkedHashMap<String, Object>();
    map.forEach((key, value) -> result.put(String.valueOf(key), value));
    return result;
  }

  private final class Tagged extends AbstractConstruct {
    @Override
    public Object construct(Node node) {
      return new Intrinsic(node.getTag().getValue().substring(1), argument(node));
    }

    private @Nullable Object argument(Node node) {
      return switch (node) {
        case ScalarNode scalar -> constructScalar(scalar);
        case SequenceNode list -> List.copyOf(constructSequence(list));
        case MappingNode map -> constructMapping(map);
        default -> throw new TemplateException("an unknown kind of YAML node");
      };
    }
  }
}

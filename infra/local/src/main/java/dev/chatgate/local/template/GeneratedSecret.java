package dev.chatgate.local.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A secret's first value as {@code GenerateSecretString} of the template describes it: a JSON
 * object with one member more, which is random text without punctuation.
 *
 * @param template the JSON object
 * @param key the name of the random member
 * @param length number of random characters
 */
public record GeneratedSecret(String template, String key, int length) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String CHARACTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final Set<String> SUPPORTED =
      Set.of("SecretStringTemplate", "GenerateStringKey", "PasswordLength", "ExcludePunctuation");
  private static final int DEFAULT_LENGTH = 32;

  /**
   * @throws TemplateException if the template is not a JSON object
   */
  public GeneratedSecret {
    if (!isObject(template)) {
      throw new TemplateException("SecretStringTemplate is not a JSON object");
    }
  }

  static GeneratedSecret of(TemplateMap properties) {
    properties
        .names()
        .filter(name -> !SUPPORTED.contains(name))
        .findFirst()
        .ifPresent(name -> {
          throw new TemplateException("GenerateSecretString." + name + " is not supported locally");
        });
    if (!properties.text("ExcludePunctuation").equals(Optional.of("true"))) {
      throw new TemplateException(
          "GenerateSecretString without ExcludePunctuation is not supported locally");
    }
    return new GeneratedSecret(
        properties.requiredText("SecretStringTemplate"),
        properties.requiredText("GenerateStringKey"),
        properties.number("PasswordLength", DEFAULT_LENGTH));
  }

  private static boolean isObject(String template) {
    try {
      return JSON.readTree(template) instanceof ObjectNode;
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /**
   * Generates a value.
   *
   * @param random a secure generator
   */
  public String value(RandomGenerator random) {
    var password = new StringBuilder();
    for (int i = 0; i < length; i++) {
      password.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
    }
    try {
      var value = (ObjectNode) JSON.readTree(template);
      return value.put(key, password.toString()).toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the constructor has read the template", e);
    }
  }
}

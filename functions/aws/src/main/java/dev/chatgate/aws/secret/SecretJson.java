package dev.chatgate.aws.secret;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads values of a secret's JSON without failing on another type than is expected. */
final class SecretJson {
  private SecretJson() {}

  /** The string at which the parser is. Another value is skipped and gives "". */
  static String text(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      return json.getText();
    }
    json.skipChildren();
    return "";
  }

  /** The strings of the list at which the parser is; for another value, its {@link #text}. */
  static List<String> texts(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      return List.of(text(json));
    }
    var texts = new ArrayList<String>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      texts.add(text(json));
    }
    return texts;
  }
}

package dev.chatgate.provider.answer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.chatgate.openai.json.JsonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the error that a provider reports in JSON, in any of the forms in use: {@code
 * {"error":{…}}}, {@code {"error":"text"}}, {@code {"object":"error",…}}, {@code
 * {"type":"error",…}}, {@code {"detail":…}}, {@code {"errors":[…]}}, {@code {"message":…,
 * "code":…}}, {@code {"base_resp":{…}}}, and each of them as the first element of an array.
 *
 * <p>Off the hot path: an answer without {@code error} is never read by it.
 */
public final class ErrorReader {
  private static final JsonFactory JSON =
      new JsonFactoryBuilder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();

  /** Forms are nested no deeper than this. */
  private static final int MAX_DEPTH = 4;

  /** A longer text is none that a person reads. */
  private static final int MAX_TEXT = 64 * 1024;

  private static final Set<String> SUCCESSES =
      Set.of("", "0", "200", "ok", "success", "succeeded", "null", "none", "false");
  private static final Set<String> FAILURES = Set.of("error", "fail", "failed", "failure");

  private static final ProviderError NOTHING_SAID =
      new ProviderError(
          false,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false,
          List.of());

  private final JsonParser json;
  private final List<String> marks = new ArrayList<>();
  private @Nullable String message;

  /** An error that is text, used where no member is called a message. */
  private @Nullable String text;

  private @Nullable String type;
  private @Nullable String param;
  private @Nullable String code;
  private boolean reported;

  /** How many members that are called an error stand around the present one. */
  private int nested;

  private boolean failedByCode;
  private boolean inShape;
  private boolean plainMembers = true;

  private ErrorReader(JsonParser json) {
    this.json = json;
  }

  /**
   * What the JSON says of an error. Of broken JSON it is what stands before the break.
   *
   * @param bytes UTF-8
   */
  public static ProviderError read(byte[] bytes, int offset, int length) {
    if (JsonText.isOtherEncoding(bytes, offset, length)) {
      return NOTHING_SAID;
    }
    try (var json = JSON.createParser(bytes, offset, length)) {
      var reader = new ErrorReader(json);
      reader.readWhole();
      var error = reader.error();
      return error.message().isPresent() && error.status() > 0 ? error.asReported() : error;
    } catch (IOException e) {
      return NOTHING_SAID;
    }
  }

  private void readWhole() {
    try {
      var token = json.nextToken();
      if (token == JsonToken.START_ARRAY) {
        plainMembers = false;
        token = json.nextToken();
      }
      if (token == JsonToken.START_OBJECT) {
        readMembers(0);
      }
    } catch (IOException e) {
      // Broken JSON: what was read so far is all there is.
    }
  }

  private ProviderError error() {
    boolean byMembers = failedByCode && message != null;
    return new ProviderError(
        reported || byMembers,
        Optional.ofNullable(message).or(() -> Optional.ofNullable(text)),
        Optional.ofNullable(type),
        Optional.ofNullable(param),
        Optional.ofNullable(code),
        inShape && plainMembers && message != null,
        marks);
  }

  private void readMembers(int depth) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var name = json.currentName();
      json.nextToken();
      readMember(name, depth);
      json.skipChildren();
    }
  }

  private void readMember(String name, int depth) throws IOException {
    switch (name) {
      case "error" -> readNested(depth, true);
      case "errors", "detail", "fault", "exception" -> readNested(depth, false);
      case "base_resp" -> readStatusObject(depth);
      case "message",
          "Message",
          "msg",
          "errorMessage",
          "error_message",
          "error_msg",
          "status_msg",
          "faultstring" ->
          readMessage(name, depth);
      case "code",
          "error_code",
          "errorCode",
          "status_code",
          "statusCode",
          "http_status",
          "httpStatus" ->
          readCode(depth);
      case "type", "__type", "object" -> readType(name, depth);
      case "status" -> readStatus(depth);
      case "param" -> readParam(depth);
      case "success" -> reported |= depth == 0 && json.currentToken() == JsonToken.VALUE_FALSE;
      default -> reported |= nested > 0 && isText();
    }
  }

  private boolean isText() throws IOException {
    return json.currentToken() == JsonToken.VALUE_STRING && !json.getText().isBlank();
  }

  /** An object, a list that begins with an object, or a text. */
  private void readNested(int depth, boolean usualName) throws IOException {
    var token = json.currentToken();
    if (token == JsonToken.START_ARRAY) {
      token = json.nextToken();
      readNestedValue(token, depth);
      skipRestOfList(token);
    } else {
      inShape |= usualName && depth == 0 && token == JsonToken.START_OBJECT;
      readNestedValue(token, depth);
    }
  }

  private void readNestedValue(JsonToken token, int depth) throws IOException {
    switch (token) {
      case START_OBJECT -> {
        if (depth < MAX_DEPTH) {
          readNestedObject(depth);
        } else {
          json.skipChildren();
        }
      }
      case VALUE_STRING -> {
        var said = said();
        if (!SUCCESSES.contains(said.toLowerCase(Locale.ROOT))) {
          reported = true;
          marks.add(said);
          text = text == null ? said : text;
        }
      }
      case VALUE_TRUE, VALUE_NUMBER_INT -> {
        if (!SUCCESSES.contains(json.getText())) {
          reported = true;
          marks.add(json.getText());
        }
      }
      default -> json.skipChildren();
    }
  }

  private void readNestedObject(int depth) throws IOException {
    int before = marks.size();
    boolean told = message != null || text != null;
    nested++;
    readMembers(depth + 1);
    nested--;
    reported |= marks.size() > before || (!told && (message != null || text != null));
  }

  private void skipRestOfList(JsonToken first) throws IOException {
    var token = first;
    while (token != JsonToken.END_ARRAY) {
      token = json.nextToken();
      json.skipChildren();
    }
  }

  /** MiniMax has its status in each answer, 0 for success. */
  private void readStatusObject(int depth) throws IOException {
    if (json.currentToken() == JsonToken.START_OBJECT && depth < MAX_DEPTH) {
      readMembers(depth + 1);
      reported |= failedByCode;
    }
  }

  private void readMessage(String name, int depth) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      plainMembers &= !(depth == 1 && name.equals("message"));
      reported |= nested > 0 && json.currentToken() != JsonToken.VALUE_NULL;
      return;
    }
    var said = said();
    if (message == null && !said.isBlank()) {
      message = said;
    }
  }

  private void readCode(int depth) throws IOException {
    var said = readMark(depth);
    if (said != null) {
      code = code == null ? said : code;
      failedByCode = true;
    }
  }

  private void readType(String name, int depth) throws IOException {
    boolean isText = json.currentToken() == JsonToken.VALUE_STRING;
    if (depth == 0 && isText && said().equals("error")) {
      reported = true;
    } else if (!name.equals("object")) {
      var said = readMark(depth);
      type = type == null ? said : type;
    }
  }

  private void readStatus(int depth) throws IOException {
    boolean number = json.currentToken() == JsonToken.VALUE_NUMBER_INT;
    if (depth > 0) {
      readMark(depth);
    } else if (number || json.currentToken() == JsonToken.VALUE_STRING) {
      var said = said();
      if (FAILURES.contains(said.toLowerCase(Locale.ROOT)) || ProviderError.statusOf(said) > 0) {
        marks.add(said);
        failedByCode = true;
      }
    }
  }

  private void readParam(int depth) throws IOException {
    var token = json.currentToken();
    plainMembers &= depth != 1 || token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NULL;
    if (token == JsonToken.VALUE_STRING && param == null) {
      param = said();
    }
  }

  /** A value that classifies the error; null if it stands for success or is none. */
  private @Nullable String readMark(int depth) throws IOException {
    var token = json.currentToken();
    plainMembers &= depth != 1 || token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NULL;
    if (token != JsonToken.VALUE_STRING && token != JsonToken.VALUE_NUMBER_INT) {
      return null;
    }
    var said = said();
    if (SUCCESSES.contains(said.toLowerCase(Locale.ROOT))) {
      return null;
    }
    marks.add(said);
    return said;
  }

  private String said() throws IOException {
    var whole = json.getText();
    return whole.length() > MAX_TEXT ? whole.substring(0, MAX_TEXT) : whole;
  }
}

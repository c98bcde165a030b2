package dev.chatgate.openai.operation.chat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.chatgate.openai.json.JsonText;
import dev.chatgate.openai.json.Span;
import dev.chatgate.openai.operation.AnswerReader;
import dev.chatgate.openai.operation.OutputListener;
import dev.chatgate.usage.TokenCounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a chat completion, or the chunks of one, token by token and without a tree: which choices
 * have finished, their text for an estimate, where usage and model stand, whether it is an error.
 */
final class ChatAnswerReader implements AnswerReader {
  /** Strings of a message that no model has written. */
  private static final Set<String> NOT_TEXT = Set.of("role", "id", "type");

  /** What some send in the place of null: a choice that has such a reason goes on. */
  private static final Set<String> NOT_FINISHED = Set.of("", "null", "None");

  /** More room than this is given back once the text is read. */
  private static final int MAX_KEPT_CHARACTERS = 64 * 1024;

  private static final Optional<String> END_MARK = Optional.of("[DONE]");

  private final int choices;
  private final boolean dropsUsage;
  private final boolean cutsUsage;

  /** The tenant's name for the model as JSON, to be put back; null if the provider uses it too. */
  private final byte @Nullable [] modelName;

  private final OutputListener output;
  private final BitSet finished = new BitSet();
  private boolean hasOutput;

  /** The text of the choice that is being read. */
  private StringBuilder written = new StringBuilder();

  /**
   * @param renamed whether the provider has another name for the model
   * @param output receives the text of the choices
   */
  ChatAnswerReader(ChatFields request, boolean renamed, OutputListener output) {
    this.choices = request.choices();
    this.dropsUsage = !request.includeUsage();
    this.cutsUsage = dropsUsage && request.stream();
    this.modelName =
        renamed ? JsonText.quoted(request.model()).getBytes(StandardCharsets.UTF_8) : null;
    this.output = output;
  }

  @Override
  public boolean hasOutput() {
    return hasOutput;
  }

  /** Whether each of the choices 0 to n − 1 had a {@code finish_reason} so far. */
  @Override
  public boolean isComplete() {
    return finished.nextClearBit(0) >= choices;
  }

  @Override
  public Optional<String> endMark() {
    return END_MARK;
  }

  @Override
  public String answerName() {
    return "a chat completion";
  }

  @Override
  public Optional<TokenCounts> readUsage(String usage) {
    return ChatUsage.read(usage);
  }

  @Override
  public String writeUsage(TokenCounts counts) {
    return ChatUsage.write(counts);
  }

  @Override
  public ChatAnswerPart read(byte[] bytes, int offset, int length) {
    var part = new ChatAnswerPart(bytes, dropsUsage, cutsUsage, modelName);
    if (JsonText.isOtherEncoding(bytes, offset, length)) {
      return part;
    }
    try (var json = JsonText.parser(bytes, offset, length)) {
      readWhole(json, offset, part);
    } catch (IOException e) {
      // Broken JSON is a result: the part says so.
    }
    return part;
  }

  private void readWhole(JsonParser json, int offset, ChatAnswerPart part) throws IOException {
    var token = json.nextToken();
    if (token == JsonToken.START_OBJECT) {
      readAnswer(json, offset, part);
    } else {
      json.skipChildren();
    }
    if (token != null && json.nextToken() == null) {
      part.foundEndOfJson();
    }
  }

  private void readAnswer(JsonParser json, int offset, ChatAnswerPart part) throws IOException {
    boolean others = false;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var name = json.currentName();
      switch (name) {
        case "usage" -> part.foundUsage(readMember(json, offset, others));
        case "model" -> readModel(json, offset, part);
        case "error" -> readError(json, part);
        case "choices" -> readChoices(json, part);
        case "id", "object", "created", "system_fingerprint", "service_tier", "obfuscation" ->
            skipValue(json);
        default -> readOther(json, part);
      }
      others |= !name.equals("usage");
    }
  }

  private static void skipValue(JsonParser json) throws IOException {
    json.nextToken();
    json.skipChildren();
  }

  private static void readOther(JsonParser json, ChatAnswerPart part) throws IOException {
    if (json.nextToken() != JsonToken.VALUE_NULL) {
      part.foundOther();
    }
    json.skipChildren();
  }

  private static UsageMember readMember(JsonParser json, int offset, boolean others)
      throws IOException {
    int keyFrom = offset + (int) json.currentTokenLocation().getByteOffset();
    boolean isNull = json.nextToken() == JsonToken.VALUE_NULL;
    var value = readSpan(json, offset);
    return new UsageMember(keyFrom, value, others, isNull);
  }

  /** Reads the value whose first token is the current one to its end. */
  private static Span readSpan(JsonParser json, int offset) throws IOException {
    int from = offset + (int) json.currentTokenLocation().getByteOffset();
    json.skipChildren();
    json.finishToken();
    return new Span(from, offset + (int) json.currentLocation().getByteOffset());
  }

  private static void readModel(JsonParser json, int offset, ChatAnswerPart part)
      throws IOException {
    if (json.nextToken() == JsonToken.VALUE_STRING) {
      part.foundModel(readSpan(json, offset));
    } else {
      json.skipChildren();
    }
  }

  private void readChoices(JsonParser json, ChatAnswerPart part) throws IOException {
    if (json.nextToken() != JsonToken.START_ARRAY) {
      json.skipChildren();
      return;
    }
    part.foundChoiceList();
    for (int position = 0; json.nextToken() != JsonToken.END_ARRAY; position++) {
      part.foundChoice();
      if (json.currentToken() == JsonToken.START_OBJECT) {
        readChoice(json, position, part);
      } else {
        json.skipChildren();
      }
    }
  }

  private void readChoice(JsonParser json, int position, ChatAnswerPart part) throws IOException {
    int index = Math.min(position, OutputListener.MAX_OUTPUTS - 1);
    boolean done = false;
    written.setLength(0);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      switch (json.currentName()) {
        case "index" -> index = readIndex(json, position);
        case "finish_reason" -> done = readFinishReason(json, part);
        case "delta", "message" -> readText(json);
        default -> skipValue(json);
      }
    }
    take(index);
    if (done) {
      finished.set(index);
      output.ended(index);
    }
  }

  private void take(int index) {
    hasOutput = true;
    output.text(index, written);
    if (written.length() > MAX_KEPT_CHARACTERS) {
      written = new StringBuilder();
    }
  }

  private static int readIndex(JsonParser json, int position) throws IOException {
    boolean number = json.nextToken() == JsonToken.VALUE_NUMBER_INT;
    int index = number ? json.getValueAsInt(position) : position;
    json.skipChildren();
    return index >= 0 && index < OutputListener.MAX_OUTPUTS
        ? index
        : Math.min(position, OutputListener.MAX_OUTPUTS - 1);
  }

  private static boolean readFinishReason(JsonParser json, ChatAnswerPart part) throws IOException {
    var value = json.nextToken();
    boolean none =
        value == JsonToken.VALUE_NULL
            || (value == JsonToken.VALUE_STRING && NOT_FINISHED.contains(json.getText()));
    if (!none && value == JsonToken.VALUE_STRING) {
      part.foundFinishReason(json.getText());
    }
    json.skipChildren();
    return !none;
  }

  /** Every string that the model wrote: content, reasoning, refusal, names and arguments. */
  private void readText(JsonParser json) throws IOException {
    int depth = 0;
    do {
      var token = json.nextToken();
      if (token == JsonToken.VALUE_STRING && isText(json.currentName())) {
        written.append(json.getText());
      }
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    } while (depth > 0 || json.currentToken() == JsonToken.FIELD_NAME);
  }

  /** A string in a list has no name. */
  private static boolean isText(@Nullable String name) {
    return name == null || !NOT_TEXT.contains(name);
  }

  private static void readError(JsonParser json, ChatAnswerPart part) throws IOException {
    if (json.nextToken() != JsonToken.VALUE_NULL) {
      part.foundError();
    }
    json.skipChildren();
  }
}

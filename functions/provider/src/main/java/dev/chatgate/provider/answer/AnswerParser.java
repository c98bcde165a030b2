package dev.chatgate.provider.answer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.chatgate.provider.ProviderListener;
import dev.chatgate.provider.redaction.SplitKeySearch;
import java.io.IOException;
import java.util.BitSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a chat completion, or the chunks of one, token by token and without a tree: which choices
 * have finished, their text for an estimate, where usage and model stand, whether it is an error.
 */
public final class AnswerParser {
  /** Strings may be as long as an answer; the answer's own size is limited where it is read. */
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .build())
          .build();

  /** Strings of a message that no model has written. */
  private static final Set<String> NOT_TEXT = Set.of("role", "id", "type");

  /** What some send in the place of null: a choice that has such a reason goes on. */
  private static final Set<String> NOT_FINISHED = Set.of("", "null", "None");

  /** More room than this is given back once the text is read. */
  private static final int MAX_KEPT_CHARACTERS = 64 * 1024;

  private final ReceivedText text;
  private ProviderListener listener;
  private final SplitKeySearch keys;
  private final BitSet finished = new BitSet();
  private boolean seenChoices;

  /** The text of the choice that is being read. */
  private StringBuilder written = new StringBuilder();

  /**
   * @param text takes the text of every choice
   */
  AnswerParser(ReceivedText text) {
    this(text, ProviderListener.NONE, SplitKeySearch.none());
  }

  /**
   * @param text takes the text of every choice
   * @param listener hears why the choices finished
   * @param keys searches the text for our keys
   */
  AnswerParser(ReceivedText text, ProviderListener listener, SplitKeySearch keys) {
    this.text = text;
    this.listener = listener;
    this.keys = keys;
  }

  /** Whether a choice was read so far. */
  boolean hasSeenChoices() {
    return seenChoices;
  }

  /** The search for keys in the text of the choices. */
  SplitKeySearch keys() {
    return keys;
  }

  /** Whether each of the choices 0 to n − 1 had a finish_reason so far. */
  boolean allFinished(int choices) {
    return finished.nextClearBit(0) >= choices;
  }

  /**
   * Reads one JSON text. If it is broken the facts are those before the break.
   *
   * @param bytes UTF-8
   */
  AnswerFacts parse(byte[] bytes, int offset, int length) {
    var facts = new AnswerFacts();
    if (isOtherEncoding(bytes, offset, length)) {
      return facts;
    }
    try (var json = JSON.createParser(bytes, offset, length)) {
      readWhole(json, offset, facts);
    } catch (IOException e) {
      // Broken JSON is an outcome: the facts say so.
    }
    return facts;
  }

  /**
   * Reads one JSON text that holds a key: the listener, which may log what it hears, hears nothing.
   */
  AnswerFacts parseQuietly(byte[] bytes, int offset, int length) {
    var told = listener;
    listener = ProviderListener.NONE;
    try {
      return parse(bytes, offset, length);
    } finally {
      listener = told;
    }
  }

  /** Reads one JSON text whose choices and text are of no interest. */
  public static AnswerFacts parseAlone(byte[] bytes, int offset, int length) {
    return new AnswerParser(new ReceivedText()).parse(bytes, offset, length);
  }

  /**
   * Whether it is UTF-16 or UTF-32, which the JSON parser would detect and decode: their first
   * bytes hold a zero or a mark.
   */
  static boolean isOtherEncoding(byte[] bytes, int offset, int length) {
    return length > 1
        && (bytes[offset] == 0 || bytes[offset + 1] == 0 || (bytes[offset] & 0xFE) == 0xFE);
  }

  private void readWhole(JsonParser json, int offset, AnswerFacts facts) throws IOException {
    var token = json.nextToken();
    if (token == JsonToken.START_OBJECT) {
      facts.foundObject();
      readAnswer(json, offset, facts);
    } else {
      json.skipChildren();
    }
    if (token != null && json.nextToken() == null) {
      facts.foundEndOfJson();
    }
  }

  private void readAnswer(JsonParser json, int offset, AnswerFacts facts) throws IOException {
    boolean others = false;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var name = json.currentName();
      switch (name) {
        case "usage" -> facts.foundUsage(readMember(json, offset, others));
        case "model" -> readModel(json, offset, facts);
        case "error" -> readError(json, facts);
        case "choices" -> readChoices(json, facts);
        case "id", "object", "created", "system_fingerprint", "service_tier", "obfuscation" ->
            skipValue(json);
        default -> readOther(json, facts);
      }
      others |= !name.equals("usage");
    }
  }

  private static void skipValue(JsonParser json) throws IOException {
    json.nextToken();
    json.skipChildren();
  }

  private static void readOther(JsonParser json, AnswerFacts facts) throws IOException {
    if (json.nextToken() != JsonToken.VALUE_NULL) {
      facts.foundOther();
    }
    json.skipChildren();
  }

  private static AnswerFacts.Member readMember(JsonParser json, int offset, boolean others)
      throws IOException {
    int keyFrom = offset + (int) json.currentTokenLocation().getByteOffset();
    boolean isNull = json.nextToken() == JsonToken.VALUE_NULL;
    var value = readSpan(json, offset);
    return new AnswerFacts.Member(keyFrom, value, others, isNull);
  }

  /** Reads the value whose first token is the current one to its end. */
  private static Span readSpan(JsonParser json, int offset) throws IOException {
    int from = offset + (int) json.currentTokenLocation().getByteOffset();
    json.skipChildren();
    json.finishToken();
    return new Span(from, offset + (int) json.currentLocation().getByteOffset());
  }

  private static void readModel(JsonParser json, int offset, AnswerFacts facts) throws IOException {
    if (json.nextToken() == JsonToken.VALUE_STRING) {
      facts.foundModel(readSpan(json, offset));
    } else {
      json.skipChildren();
    }
  }

  private void readChoices(JsonParser json, AnswerFacts facts) throws IOException {
    if (json.nextToken() != JsonToken.START_ARRAY) {
      json.skipChildren();
      return;
    }
    facts.foundChoiceList();
    for (int position = 0; json.nextToken() != JsonToken.END_ARRAY; position++) {
      facts.foundChoice();
      if (json.currentToken() == JsonToken.START_OBJECT) {
        readChoice(json, position);
      } else {
        json.skipChildren();
      }
    }
  }

  private void readChoice(JsonParser json, int position) throws IOException {
    int index = Math.min(position, ReceivedText.MOST_CHOICES - 1);
    boolean done = false;
    written.setLength(0);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      switch (json.currentName()) {
        case "index" -> index = readIndex(json, position);
        case "finish_reason" -> done = readFinishReason(json, listener);
        case "delta", "message" -> readText(json);
        default -> skipValue(json);
      }
    }
    take(index);
    if (done) {
      finished.set(index);
      keys.end(index);
    }
  }

  private void take(int index) {
    seenChoices = true;
    text.add(index, written);
    keys.take(index, written);
    if (written.length() > MAX_KEPT_CHARACTERS) {
      written = new StringBuilder();
    }
  }

  private static int readIndex(JsonParser json, int position) throws IOException {
    boolean number = json.nextToken() == JsonToken.VALUE_NUMBER_INT;
    int index = number ? json.getValueAsInt(position) : position;
    json.skipChildren();
    return index >= 0 && index < ReceivedText.MOST_CHOICES
        ? index
        : Math.min(position, ReceivedText.MOST_CHOICES - 1);
  }

  private static boolean readFinishReason(JsonParser json, ProviderListener listener)
      throws IOException {
    var value = json.nextToken();
    boolean none =
        value == JsonToken.VALUE_NULL
            || (value == JsonToken.VALUE_STRING && NOT_FINISHED.contains(json.getText()));
    if (!none && value == JsonToken.VALUE_STRING) {
      listener.finished(json.getText());
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

  private static void readError(JsonParser json, AnswerFacts facts) throws IOException {
    if (json.nextToken() != JsonToken.VALUE_NULL) {
      facts.foundError();
    }
    json.skipChildren();
  }
}

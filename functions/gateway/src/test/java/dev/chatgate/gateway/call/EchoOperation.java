package dev.chatgate.gateway.call;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.openai.json.Edit;
import dev.chatgate.openai.json.JsonText;
import dev.chatgate.openai.json.Span;
import dev.chatgate.openai.operation.AnswerPart;
import dev.chatgate.openai.operation.AnswerReader;
import dev.chatgate.openai.operation.MeteredRequest;
import dev.chatgate.openai.operation.Operation;
import dev.chatgate.openai.operation.OutputListener;
import dev.chatgate.openai.operation.ParsedRequest;
import dev.chatgate.openai.operation.Reserve;
import dev.chatgate.openai.operation.UpstreamEdits;
import dev.chatgate.openai.validation.BodyValidator;
import dev.chatgate.openai.validation.FieldReceiver;
import dev.chatgate.openai.validation.JsonType;
import dev.chatgate.openai.validation.Rule;
import dev.chatgate.openai.validation.RuleNode;
import dev.chatgate.usage.TokenCounts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * A made-up operation that has nothing in common with chat: other paths, rules, names of the model
 * and the usage, another end of a stream.
 *
 * <pre>
 * {"engine":"e","words":"a b c","at_most":2,"stream":true}
 * {"engine":"e","echo":"a b","done":"enough","bill":{"read":3,"said":2}}
 * </pre>
 */
final class EchoOperation implements Operation {
  private static final RuleNode RULES =
      RuleNode.of(
          List.of(
              Rule.required("engine", JsonType.STRING).notBlank(),
              Rule.required("words", JsonType.STRING).notBlank(),
              Rule.optional("at_most", JsonType.INTEGER).from(1, 1000),
              Rule.optional("stream", JsonType.BOOLEAN)),
          List.of());

  @Override
  public String name() {
    return "echo";
  }

  @Override
  public String path() {
    return "/v1/echoes";
  }

  @Override
  public String providerPath() {
    return "/echo/new";
  }

  @Override
  public ParsedRequest parse(byte[] body) {
    var request = new EchoRequest(body);
    return BodyValidator.validate(body, RULES, request)
        .<ParsedRequest>map(ParsedRequest.Invalid::new)
        .orElseGet(() -> new ParsedRequest.Valid(request));
  }

  private static final class EchoRequest implements MeteredRequest, FieldReceiver {
    private final byte[] body;
    private int open;
    private String engine = "";
    private Span engineAt = new Span(0, 0);
    private String words = "";
    private OptionalLong atMost = OptionalLong.empty();
    private boolean stream;

    EchoRequest(byte[] body) {
      this.body = body;
    }

    @Override
    public void opened(int end) {
      open = end;
    }

    @Override
    public void text(String path, String value, Span at) {
      if (path.equals("engine")) {
        engine = value;
        engineAt = at;
      } else {
        words = value;
      }
    }

    @Override
    public void number(String path, long value) {
      atMost = OptionalLong.of(value);
    }

    @Override
    public void flag(String path, boolean value, Span at) {
      stream = value;
    }

    @Override
    public String model() {
      return engine;
    }

    @Override
    public boolean stream() {
      return stream;
    }

    @Override
    public long promptTokens(String upstreamModel) {
      return words.split(" ", -1).length;
    }

    @Override
    public Reserve reserve(long ceiling, long ifNotSet) {
      return atMost.orElse(0) > ceiling
          ? new Reserve.TooLarge(
              ApiError.about(ErrorCode.MAX_TOKENS_TOO_LARGE, "at_most", "at_most is too large."))
          : new Reserve.Fits(
              atMost.orElse(ifNotSet),
              atMost.isPresent() ? OptionalLong.empty() : OptionalLong.of(ifNotSet));
    }

    @Override
    public String advice(long largestReserve) {
      return "The largest at_most that fits is " + largestReserve + ".";
    }

    @Override
    public UsageRequest usageRequest() {
      return UsageRequest.NOT_NEEDED;
    }

    @Override
    public boolean refusesUsage(byte[] refusal) {
      return false;
    }

    @Override
    public byte[] upstreamBody(UpstreamEdits wanted) {
      var edits = new ArrayList<Edit>();
      wanted
          .completionLimit()
          .ifPresent(limit -> edits.add(Edit.insert(open, "\"at_most\":" + limit + ",")));
      wanted
          .model()
          .filter(name -> !name.equals(engine))
          .ifPresent(name -> edits.add(Edit.replace(engineAt, JsonText.quoted(name))));
      return Edit.splice(body, edits);
    }

    @Override
    public AnswerReader answerReader(boolean renamed, OutputListener output) {
      return new EchoReader(renamed ? Optional.of(engine) : Optional.empty(), output);
    }
  }

  private static final class EchoReader implements AnswerReader {
    private static final Pattern BILL = Pattern.compile("\\{\"read\":(\\d+),\"said\":(\\d+)}");

    private final Optional<String> engine;
    private final OutputListener output;
    private boolean complete;
    private boolean seen;

    EchoReader(Optional<String> engine, OutputListener output) {
      this.engine = engine;
      this.output = output;
    }

    @Override
    public AnswerPart read(byte[] bytes, int offset, int length) {
      var part = new EchoPart();
      try (var json = JsonText.parser(bytes, offset, length)) {
        json.nextToken();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          readMember(json, offset, part);
        }
        part.json = json.nextToken() == null;
      } catch (IOException e) {
        part.json = false;
      }
      return part;
    }

    private void readMember(JsonParser json, int offset, EchoPart part) throws IOException {
      var name = json.currentName();
      json.nextToken();
      int from = offset + (int) json.currentTokenLocation().getByteOffset();
      switch (name) {
        case "echo" -> {
          part.output = true;
          seen = true;
          output.text(0, json.getText());
        }
        case "done" -> {
          complete = true;
          part.reasons.add(json.getText());
          output.ended(0);
        }
        case "error" -> part.error = true;
        default -> {}
      }
      json.skipChildren();
      json.finishToken();
      var at = new Span(from, offset + (int) json.currentLocation().getByteOffset());
      if (name.equals("bill")) {
        part.usages.add(at);
      } else if (name.equals("engine")) {
        engine.ifPresent(own -> part.edits.add(Edit.replace(at, JsonText.quoted(own))));
      }
    }

    @Override
    public boolean isComplete() {
      return complete;
    }

    @Override
    public boolean hasOutput() {
      return seen;
    }

    @Override
    public Optional<String> endMark() {
      return Optional.of("<end>");
    }

    @Override
    public String answerName() {
      return "an echo";
    }

    @Override
    public Optional<TokenCounts> readUsage(String usage) {
      var bill = BILL.matcher(usage);
      return bill.matches()
          ? Optional.of(
              new TokenCounts(Long.parseLong(bill.group(1)), 0, Long.parseLong(bill.group(2))))
          : Optional.empty();
    }

    @Override
    public String writeUsage(TokenCounts counts) {
      return "{\"read\":%d,\"said\":%d}".formatted(counts.prompt(), counts.completion());
    }
  }

  private static final class EchoPart implements AnswerPart {
    private boolean json;
    private boolean output;
    private boolean error;
    private final List<Span> usages = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();
    private final List<Edit> edits = new ArrayList<>();

    @Override
    public boolean isJson() {
      return json;
    }

    @Override
    public boolean isAnswer() {
      return output;
    }

    @Override
    public boolean hasOutput() {
      return output;
    }

    @Override
    public boolean hasError() {
      return error;
    }

    @Override
    public boolean isUnrequestedUsage() {
      return false;
    }

    @Override
    public List<Span> usages() {
      return usages;
    }

    @Override
    public List<String> finishReasons() {
      return reasons;
    }

    @Override
    public List<Edit> edits() {
      return edits;
    }
  }
}

package dev.chatgate.openai.provider;

import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.openai.sse.SseData;
import dev.chatgate.openai.sse.SseEvent;
import dev.chatgate.openai.sse.SseReader;
import dev.chatgate.provider.ProviderKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what of a provider's stream goes to the tenant: every event as it came, save usage that
 * was not asked for and the alias in the place of the model's name. Pure: it is fed with events and
 * collects what is to be written.
 */
final class StreamRelay {
  private static final byte[] NAME_OF_ERRORS = "event: error\n".getBytes(StandardCharsets.UTF_8);
  private static final byte[] BLANK_LINE = {'\n', '\n'};
  private static final Comparator<Edit> BY_PLACE = Comparator.comparingInt(Edit::from);
  private static final String DONE = "[DONE]";
  private static final byte[] DONE_LINE = "data: [DONE]".getBytes(StandardCharsets.UTF_8);

  private final AnswerParser parser;
  private final UsageMeter usage;
  private final ProviderKey key;
  private final int choices;
  private final boolean usageWanted;
  private final byte @Nullable [] alias;
  private final Outgoing out = new Outgoing();
  private boolean ended;
  private boolean midLine;
  private @Nullable ErrorCode brokenBy;

  /**
   * @param parser reads the chunks
   * @param usage takes the usage
   * @param key the key that the call was made with
   */
  StreamRelay(ProviderCall call, AnswerParser parser, UsageMeter usage, ProviderKey key) {
    this.key = key;
    this.parser = parser;
    this.usage = usage;
    this.choices = call.request().choices();
    this.usageWanted = call.request().usageRequested();
    this.alias = AliasSplice.quotedAlias(call).orElse(null);
  }

  /** Takes a complete event. */
  void take(SseEvent event) {
    if (!event.hasData()) {
      pass(event);
      return;
    }
    var data = event.data();
    if (data.isTrimmed(DONE)) {
      passDone(event, data);
    } else {
      take(event, data, parser.parse(data.bytes(), data.offset(), data.length()));
    }
  }

  private void take(SseEvent event, SseData data, AnswerFacts facts) {
    usage.take(data.bytes(), facts);
    if (facts.error() != null || isNamed(event, "error")) {
      passError(event, data, facts);
    } else if (facts.isJson()) {
      passChunk(event, data, facts);
    } else if (isChunk(event) && !data.isTrimmed("")) {
      breakOff(ErrorCode.UPSTREAM_INVALID_RESPONSE, "The provider sent a chunk that is not JSON.");
    } else {
      pass(event);
    }
  }

  /** Whether client libraries read the event's data as a chunk. */
  private static boolean isChunk(SseEvent event) {
    return !event.isNamed() || isNamed(event, "message");
  }

  private static boolean isNamed(SseEvent event, String name) {
    return event.isNamed() && event.name().equals(name);
  }

  private void pass(SseEvent event) {
    out.write(event.buffer(), event.offset(), event.length());
  }

  /**
   * The end, spelled exactly: two client libraries do not know it with white space around it. All
   * its data lines become one, for the first may be a bare {@code data} that takes no value.
   */
  private void passDone(SseEvent event, SseData data) {
    if (data.length() == DONE.length()) {
      pass(event);
    } else {
      int line = event.firstDataLine();
      int end = data.origin(data.offset() + data.length());
      out.write(event.buffer(), event.offset(), line - event.offset());
      out.writeBytes(DONE_LINE);
      out.write(event.buffer(), end, event.offset() + event.length() - end);
    }
    ended = true;
  }

  private void passChunk(SseEvent event, SseData data, AnswerFacts facts) {
    if (!usageWanted && facts.hasUsage() && !facts.hasChoices()) {
      return;
    }
    splice(event, data, edits(data, facts));
  }

  private List<Edit> edits(SseData data, AnswerFacts facts) {
    boolean cut = !usageWanted && !facts.usages().isEmpty();
    if (!cut && alias == null) {
      return List.of();
    }
    var edits = new ArrayList<Edit>(facts.usages().size() + facts.models().size());
    if (cut) {
      for (var member : facts.usages()) {
        edits.add(UsageCut.of(data.bytes(), member));
      }
    }
    if (alias != null) {
      edits.addAll(AliasSplice.edits(alias, facts));
    }
    edits.sort(BY_PLACE);
    return edits;
  }

  /** Writes the event's bytes with the edits of its data. */
  private void splice(SseEvent event, SseData data, List<Edit> edits) {
    splice(event, event.offset(), data, edits);
  }

  private void splice(SseEvent event, int start, SseData data, List<Edit> edits) {
    int at = start;
    for (var edit : edits) {
      int from = data.origin(edit.from());
      out.write(event.buffer(), at, from - at);
      out.writeBytes(edit.replacement());
      at = data.origin(edit.to());
    }
    out.write(event.buffer(), at, event.offset() + event.length() - at);
  }

  /**
   * An error of the provider passes as it came if every client library sees it: LangChain4j takes
   * one without {@code event: error} for the end of a complete answer, and some show no message
   * unless the object has OpenAI's shape. What is about our key or account never passes.
   */
  private void passError(SseEvent event, SseData data, AnswerFacts facts) {
    var error = facts.error();
    boolean shown = error != null && error.wellFormed() && facts.isJson();
    if (Discretion.forbids(facts, data.bytes(), data.offset(), data.length(), key)) {
      breakOff(Failures.ourKey());
    } else if (shown && (!event.isNamed() || isNamed(event, "error"))) {
      passNamed(event, data, facts);
    } else {
      breakOff(ErrorCode.UPSTREAM_ERROR, "The provider reported an error in its answer.");
    }
  }

  /** Passes an error with the event name that it may lack, set before its first data line. */
  private void passNamed(SseEvent event, SseData data, AnswerFacts facts) {
    int line = event.isNamed() ? event.offset() : event.firstDataLine();
    out.write(event.buffer(), event.offset(), line - event.offset());
    if (!event.isNamed()) {
      out.writeBytes(NAME_OF_ERRORS);
    }
    splice(event, line, data, edits(data, facts));
    brokenBy = ErrorCode.UPSTREAM_ERROR;
    ended = true;
  }

  /**
   * Takes what stood behind the last complete event at the stream's end: it passes if it is whole
   * but for the blank line.
   */
  void takeRest(SseEvent rest) {
    if (!rest.hasData() || isWhole(rest.data())) {
      take(rest);
      midLine = true;
    }
    if (brokenBy != null) {
      out.writeBytes(BLANK_LINE);
    }
  }

  private static boolean isWhole(SseData data) {
    return data.isTrimmed(DONE)
        || AnswerParser.parseAlone(data.bytes(), data.offset(), data.length()).isJson();
  }

  /** The stream ended by itself: it is whole if every choice has finished. */
  void streamEnded() {
    if (!ended && !isComplete()) {
      breakOff(ErrorCode.UPSTREAM_INCOMPLETE, Failures.INCOMPLETE);
    }
    ended = true;
  }

  /** Whether every choice has finished. */
  boolean isComplete() {
    return parser.allFinished(choices);
  }

  /** Ends the answer with an error event. */
  void breakOff(ErrorCode code, String message) {
    breakOff(ApiError.of(code, message));
  }

  private void breakOff(ApiError error) {
    if (midLine) {
      out.writeBytes(BLANK_LINE);
    }
    out.writeBytes(error.event());
    brokenBy = error.code();
    ended = true;
  }

  /** Whether nothing more is to be taken. */
  boolean hasEnded() {
    return ended;
  }

  /** The code of the error event that ended the answer. */
  Optional<ErrorCode> brokenBy() {
    return Optional.ofNullable(brokenBy);
  }

  /** Hands what was collected to the sink in one write. */
  void flushTo(PatientSink sink) {
    out.flushTo(sink);
  }

  /** Takes every complete event that the reader holds. */
  void takeAll(SseReader reader) {
    SseEvent event = reader.next();
    while (event != null) {
      take(event);
      event = ended ? null : reader.next();
    }
  }
}

package dev.chatgate.openai.operation;

import dev.chatgate.openai.json.Edit;
import dev.chatgate.openai.json.Span;
import java.util.List;

/**
 * What the gateway must know of an answer, or of one event of a stream. Positions are indices in
 * the array that was read.
 */
public interface AnswerPart {
  /** Whether it is JSON to the end, with nothing after it. */
  boolean isJson();

  /** Whether it has the form of an answer, or of a part of one. */
  boolean isAnswer();

  /** Whether it holds output of the model, be it an empty one. */
  boolean hasOutput();

  /** Whether it has a member {@code error} that is not null. */
  boolean hasError();

  /** Whether it holds nothing but usage that the tenant did not ask for, so that it is dropped. */
  boolean isUnrequestedUsage();

  /** The usage objects, nulls left out; the last one counts. */
  List<Span> usages();

  /** Why outputs finished, in the provider's words. */
  List<String> finishReasons();

  /** What to change before it goes to the tenant, by place. */
  List<Edit> edits();
}

package dev.chatgate.openai.operation.chat;

import dev.chatgate.openai.json.Edit;
import dev.chatgate.openai.json.Span;
import dev.chatgate.openai.operation.AnswerPart;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was read of a chat completion, or of one chunk of a stream. */
final class ChatAnswerPart implements AnswerPart {
  private final byte[] bytes;
  private final boolean dropsUsage;
  private final boolean cutsUsage;
  private final byte @Nullable [] modelName;
  private boolean json;
  private boolean choiceList;
  private boolean choices;
  private boolean others;
  private boolean error;
  private List<UsageMember> usages = List.of();
  private List<Span> usageValues = List.of();
  private List<Span> models = List.of();
  private List<String> finishReasons = List.of();

  /**
   * @param dropsUsage whether a chunk with usage alone is not for the tenant
   * @param cutsUsage whether usage is taken out of what goes to the tenant
   * @param modelName the tenant's name for the model as JSON, to be put back, or null
   */
  ChatAnswerPart(byte[] bytes, boolean dropsUsage, boolean cutsUsage, byte @Nullable [] modelName) {
    this.bytes = bytes;
    this.dropsUsage = dropsUsage;
    this.cutsUsage = cutsUsage;
    this.modelName = modelName;
  }

  void foundEndOfJson() {
    json = true;
  }

  void foundChoiceList() {
    choiceList = true;
  }

  void foundChoice() {
    choices = true;
  }

  void foundError() {
    error = true;
  }

  /** A member, not null, that says more than usage and what is the same in every chunk. */
  void foundOther() {
    others = true;
  }

  void foundUsage(UsageMember member) {
    usages = with(usages, member);
    usageValues = member.isNull() ? usageValues : with(usageValues, member.value());
  }

  void foundModel(Span value) {
    models = with(models, value);
  }

  void foundFinishReason(String reason) {
    finishReasons = with(finishReasons, reason);
  }

  private static <T> List<T> with(List<T> list, T element) {
    var longer = list.isEmpty() ? new ArrayList<T>(1) : list;
    longer.add(element);
    return longer;
  }

  @Override
  public boolean isJson() {
    return json;
  }

  /** Whether it has a list of choices, be it an empty one. */
  @Override
  public boolean isAnswer() {
    return choiceList;
  }

  /** Whether it has a list of choices that is not empty. */
  @Override
  public boolean hasOutput() {
    return choices;
  }

  @Override
  public boolean hasError() {
    return error;
  }

  @Override
  public boolean isUnrequestedUsage() {
    return dropsUsage && !choices && !others && !usageValues.isEmpty();
  }

  @Override
  public List<Span> usages() {
    return usageValues;
  }

  @Override
  public List<String> finishReasons() {
    return finishReasons;
  }

  @Override
  public List<Edit> edits() {
    boolean cuts = cutsUsage && !usages.isEmpty();
    if (!cuts && (modelName == null || models.isEmpty())) {
      return List.of();
    }
    var edits = new ArrayList<Edit>(usages.size() + models.size());
    if (cuts) {
      usages.forEach(usage -> edits.add(UsageCut.of(bytes, usage)));
    }
    if (modelName != null) {
      for (var model : models) {
        edits.add(new Edit(model, modelName));
      }
    }
    edits.sort(Edit.BY_PLACE);
    return edits;
  }
}

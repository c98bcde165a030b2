package dev.chatgate.provider.answer;

import java.util.ArrayList;
import java.util.List;

/**
 * What the gateway has to know of a chat completion, or of one chunk of a stream. Positions are
 * those in the array that was parsed.
 */
public final class AnswerFacts {
  private boolean json;
  private boolean object;
  private boolean choiceList;
  private boolean choices;
  private boolean others;
  private boolean error;
  private List<Member> usages = List.of();
  private List<Span> models = List.of();

  /**
   * A member of the outermost object.
   *
   * @param keyFrom where its name begins, quote included
   * @param value where its value stands
   * @param afterOthers whether another member, not of this name, stands before it
   * @param isNull whether the value is null
   */
  record Member(int keyFrom, Span value, boolean afterOthers, boolean isNull) {}

  void foundObject() {
    object = true;
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

  void foundOther() {
    others = true;
  }

  void foundUsage(Member member) {
    usages = with(usages, member);
  }

  void foundModel(Span value) {
    models = with(models, value);
  }

  private static <T> List<T> with(List<T> list, T element) {
    var longer = list.isEmpty() ? new ArrayList<T>(1) : list;
    longer.add(element);
    return longer;
  }

  /** Whether it is JSON to the end, nothing behind it. */
  public boolean isJson() {
    return json;
  }

  /** Whether it is a JSON object. */
  boolean isObject() {
    return object;
  }

  /** Whether it has a list of choices, be it an empty one. */
  boolean hasChoiceList() {
    return choiceList;
  }

  /** Whether it has a list of choices that is not empty. */
  boolean hasChoices() {
    return choices;
  }

  /** Each member {@code usage}, nulls included. */
  List<Member> usages() {
    return usages;
  }

  /** Whether there is a {@code usage} that is not null. */
  boolean hasUsage() {
    for (var member : usages) {
      if (!member.isNull()) {
        return true;
      }
    }
    return false;
  }

  /** The value of each {@code model} that is a string, quotes included. */
  List<Span> models() {
    return models;
  }

  /** Whether there is a member {@code error} that is not null. */
  boolean hasError() {
    return error;
  }

  /**
   * Whether there is a member, not null, that says more than usage and what is the same in every
   * chunk.
   */
  boolean hasOthers() {
    return others;
  }
}

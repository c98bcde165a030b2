package dev.chatgate.openai.operation.chat;

import dev.chatgate.openai.json.Edit;
import dev.chatgate.openai.json.JsonText;
import dev.chatgate.openai.operation.UpstreamEdits;
import java.util.ArrayList;
import java.util.List;

/** The edits of a request's body that set fields in it. */
final class ChatEdits {
  private final ChatFields fields;
  private final List<Edit> edits = new ArrayList<>(3);

  private ChatEdits(ChatFields fields) {
    this.fields = fields;
  }

  static List<Edit> of(ChatFields fields, UpstreamEdits wanted) {
    var chat = new ChatEdits(fields);
    wanted
        .model()
        .filter(name -> !name.equals(fields.model()))
        .ifPresent(name -> chat.edits.add(Edit.replace(fields.modelAt(), JsonText.quoted(name))));
    if (wanted.completionLimit().isPresent() && fields.maxTokens().isEmpty()) {
      chat.maxTokens(wanted.completionLimit().getAsLong());
    }
    if (wanted.askForUsage() && !fields.includeUsage()) {
      chat.includeUsage();
    }
    chat.edits.sort(Edit.BY_PLACE);
    return chat.edits;
  }

  private void maxTokens(long maxTokens) {
    if (fields.maxTokensNull() != null) {
      edits.add(Edit.replace(fields.maxTokensNull(), Long.toString(maxTokens)));
    } else {
      edits.add(Edit.insert(fields.open(), "\"max_tokens\":" + maxTokens + ","));
    }
  }

  private void includeUsage() {
    if (fields.includeUsageAt() != null) {
      edits.add(Edit.replace(fields.includeUsageAt(), "true"));
    } else if (fields.optionsAt() != null) {
      String comma = fields.optionsEmpty() ? "" : ",";
      edits.add(Edit.insert(fields.optionsAt().from() + 1, "\"include_usage\":true" + comma));
    } else if (fields.optionsNull() != null) {
      edits.add(Edit.replace(fields.optionsNull(), "{\"include_usage\":true}"));
    } else {
      edits.add(Edit.insert(fields.open(), "\"stream_options\":{\"include_usage\":true},"));
    }
  }
}

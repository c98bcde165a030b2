package dev.chatgate.openai.operation.chat;

import dev.chatgate.openai.json.Span;

/**
 * A member of the outermost object.
 *
 * @param keyFrom where its name begins, quote included
 * @param value where its value stands
 * @param afterOthers whether another member, not of this name, stands before it
 * @param isNull whether the value is null
 */
record UsageMember(int keyFrom, Span value, boolean afterOthers, boolean isNull) {}

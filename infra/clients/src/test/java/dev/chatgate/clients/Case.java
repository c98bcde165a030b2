package dev.chatgate.clients;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The rows of the matrix, in the page's order. */
enum Case {
  PLAIN(Group.BASICS, "A plain answer"),
  PLAIN_API(Group.BASICS, "A plain answer at the API door"),
  STREAM(Group.BASICS, "A streamed answer; no usage, as it was not asked for"),
  STREAM_USAGE(Group.BASICS, "A streamed answer with the usage that was asked for"),
  STREAM_API(Group.BASICS, "A streamed answer at the API door, in one piece"),
  TOOLS(Group.BASICS, "A tool call"),
  TOOLS_STREAM(Group.BASICS, "A tool call in pieces"),
  STRUCTURED(Group.BASICS, "Structured output, `response_format` with a JSON schema"),
  CHOICES(Group.BASICS, "A stream of two choices, `n: 2`"),
  LOGPROBS(Group.BASICS, "Log probabilities"),
  REASONING(Group.BASICS, "`reasoning_content` in a stream"),
  CLIENT_SECRET(Group.BASICS, "A streamed answer with a client secret as the key"),

  ERROR_400(Group.ERRORS, "400 `invalid_value`, `param` names the field"),
  ERROR_400_API(Group.ERRORS, "The same at the API door"),
  ERROR_400_STREAM(Group.ERRORS, "The same in answer to a streamed call"),
  ERROR_400_PROVIDER(Group.ERRORS, "400 of the provider, passed on: `context_length_exceeded`"),
  ERROR_401(Group.ERRORS, "401 `invalid_api_key`"),
  ERROR_403_MODEL(Group.ERRORS, "403 `model_not_allowed`"),
  ERROR_403_SUSPENDED(Group.ERRORS, "403 `tenant_suspended`"),
  ERROR_404(Group.ERRORS, "404 `unknown_url`"),
  ERROR_429_RATE(Group.ERRORS, "429 `rate_limit_exceeded` with `retry-after`"),
  ERROR_429_QUOTA(Group.ERRORS, "429 `insufficient_quota`"),
  ERROR_429_QUOTA_API(Group.ERRORS, "The same at the API door"),
  ERROR_TOO_LARGE(Group.ERRORS, "400 `reserve_too_large`: a call that its limit can never hold"),
  ERROR_500(Group.ERRORS, "The provider's 500: 502 `upstream_error`"),
  ERROR_500_API(Group.ERRORS, "The same at the API door"),
  ERROR_AUTH(Group.ERRORS, "The provider's 401: 502 `upstream_auth`"),
  ERROR_HTML(Group.ERRORS, "HTML from the provider: 502 `upstream_invalid_response`"),
  ERROR_200(Group.ERRORS, "An error of the provider with status 200: 502 `upstream_error`"),
  ERROR_503(Group.ERRORS, "The provider's 429: 503 `upstream_overloaded` with `retry-after`"),
  ERROR_504(Group.ERRORS, "A provider that never answers: 504 `upstream_timeout`"),

  RETRY_RATE(Group.RETRIES, "429 `rate_limit_exceeded`, `retry-after` some seconds"),
  RETRY_QUOTA(Group.RETRIES, "429 `insufficient_quota`, `x-should-retry: false`"),
  RETRY_500(Group.RETRIES, "502 after the gateway's own retries, `x-should-retry: false`"),
  RETRY_INSIDE(Group.RETRIES, "The provider's 503, which the gateway itself repeats"),

  ABORT(Group.ABORT, "The client leaves in mid-stream"),

  CRLF(Group.SHAPES, "Lines end with CR LF"),
  CR(Group.SHAPES, "Lines end with CR"),
  NO_SPACE(Group.SHAPES, "`data:` without a space"),
  COMMENTS(Group.SHAPES, "Comments, also alone with a blank line"),
  ID_COMMENT(Group.SHAPES, "A comment and a blank line after an event with `id:`"),
  SPLIT_1(Group.SHAPES, "One byte at a time"),
  SPLIT_2(Group.SHAPES, "Two bytes at a time"),
  SPLIT_3(Group.SHAPES, "Three bytes at a time"),
  QUIET_END(Group.SHAPES, "Every choice finished, no `[DONE]`"),
  DONE_SPACE(Group.SHAPES, "`[DONE]` with a space behind it"),
  OPEN_AFTER_DONE(Group.SHAPES, "Connection open 3 s after `[DONE]`"),
  REFUSES_USAGE(Group.SHAPES, "The provider refuses `stream_options`"),
  USAGE_IN_LAST(Group.SHAPES, "Usage in the last content chunk, asked for"),
  USAGE_IN_LAST_UNASKED(Group.SHAPES, "Usage in the last content chunk, not asked for"),
  AFTER_USAGE(Group.SHAPES, "A chunk after the usage chunk"),
  ERROR_NULL(Group.SHAPES, "`\"error\": null` in each chunk"),
  NO_CHOICES(Group.SHAPES, "A chunk without `choices`"),
  PING(Group.SHAPES, "`event: ping` without data"),
  EMPTY_DATA(Group.SHAPES, "An event with empty `data:`"),
  GZIP(Group.SHAPES, "The provider compresses the stream"),
  WRONG_TYPE(Group.SHAPES, "A stream under `application/json`"),
  NO_BLANK_LINE(Group.SHAPES, "The last event without its blank line"),
  SURPLUS(Group.SHAPES, "A second answer behind the stream that no request asked for"),

  CUT(Group.BROKEN, "Ends with neither `finish_reason` nor `[DONE]`"),
  RESET(Group.BROKEN, "The connection is reset in mid-stream"),
  STALL(Group.BROKEN, "Nothing more comes until the time limit"),
  ERROR_IN_STREAM(Group.BROKEN, "`data: {\"error\":{…}}`"),
  ERROR_EVENT(Group.BROKEN, "`event: error` with the same data"),
  ERROR_NUMBER(Group.BROKEN, "`data: {\"error\":{…}}` with a number as its `code`"),
  ERROR_TEXT(Group.BROKEN, "`data: {\"error\":\"…\"}`");

  /** Groups of cases; each is a table of the page. */
  enum Group {
    BASICS("What must work"),
    ERRORS("Errors, without retries"),
    RETRIES("Retries, by the library's own rules"),
    ABORT("Abort"),
    SHAPES("Streams that are odd"),
    BROKEN("Streams that break");

    private final String title;

    Group(String title) {
      this.title = title;
    }

    /** The heading of the table. */
    String title() {
      return title;
    }

    /** The rows of the table. */
    List<Case> cases() {
      return Arrays.stream(Case.values()).filter(one -> one.group == this).toList();
    }
  }

  private final Group group;
  private final String title;

  Case(Group group, String title) {
    this.group = group;
    this.title = title;
  }

  /** The text of the row's first column. */
  String title() {
    return title;
  }

  /** The case's name in the runners' output. */
  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

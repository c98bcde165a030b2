package dev.chatgate.provider.answer;

import com.fasterxml.jackson.core.JsonFactory;
import dev.chatgate.openai.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An error as the provider reported it. Its text may be handed on only if it is not about our key
 * or our account.
 *
 * @param reported whether the JSON says at all that there is an error
 * @param message its text
 * @param type its {@code type}
 * @param param its {@code param}
 * @param code its {@code code}; a number is spelled as text
 * @param wellFormed whether every client library can show it as it came: {@code {"error":{…}}} with
 *     a string {@code message}, and {@code type}, {@code param}, {@code code} and {@code status} a
 *     string, null or absent
 * @param marks the values of all members that classify it: codes, types, status
 */
record ProviderError(
    boolean reported,
    Optional<String> message,
    Optional<String> type,
    Optional<String> param,
    Optional<String> code,
    boolean wellFormed,
    List<String> marks) {
  /** What is said where the provider said no more. */
  static final String REPORTED = "The provider reported an error in its answer.";

  private static final JsonFactory JSON = new JsonFactory();
  private static final int UNAUTHORIZED = 401;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int TIMEOUT = 504;

  /** What providers call a failure of the key or of the account behind it, without separators. */
  private static final Set<String> ABOUT_OUR_ACCOUNT =
      Set.of(
          "401",
          "402",
          "403",
          "invalidapikey",
          "apikeyinvalid",
          "incorrectapikey",
          "invalidauthentication",
          "invalidauthenticationerror",
          "authenticationerror",
          "authenticationfailed",
          "unauthorized",
          "unauthenticated",
          "forbidden",
          "accessdenied",
          "accessdeniedexception",
          "permissiondenied",
          "permissionerror",
          "accountdeactivated",
          "billinghardlimitreached",
          "billingnotactive",
          "insufficientquota",
          "insufficientbalance",
          "insufficientcredits",
          "exceededcurrentquotaerror",
          "arrearage",
          "paymentrequired");

  /** What providers call other failures, without separators, and the status that they mean. */
  private static final Map<String, Integer> STATUS =
      Map.ofEntries(
          Map.entry("ratelimit", TOO_MANY_REQUESTS),
          Map.entry("ratelimiterror", TOO_MANY_REQUESTS),
          Map.entry("ratelimited", TOO_MANY_REQUESTS),
          Map.entry("ratelimitexceeded", TOO_MANY_REQUESTS),
          Map.entry("ratelimitreached", TOO_MANY_REQUESTS),
          Map.entry("toomanyrequests", TOO_MANY_REQUESTS),
          Map.entry("resourceexhausted", TOO_MANY_REQUESTS),
          Map.entry("throttling", TOO_MANY_REQUESTS),
          Map.entry("throttlingexception", TOO_MANY_REQUESTS),
          Map.entry("overloaded", 503),
          Map.entry("overloadederror", 503),
          Map.entry("engineoverloaded", 503),
          Map.entry("engineoverloadederror", 503),
          Map.entry("modeloverloaded", 503),
          Map.entry("serviceunavailable", 503),
          Map.entry("serviceunavailableerror", 503),
          Map.entry("unavailable", 503),
          Map.entry("timeout", TIMEOUT),
          Map.entry("timeouterror", TIMEOUT),
          Map.entry("requesttimeout", TIMEOUT),
          Map.entry("gatewaytimeout", TIMEOUT),
          Map.entry("deadlineexceeded", TIMEOUT),
          Map.entry("badrequest", 400),
          Map.entry("badrequesterror", 400),
          Map.entry("invalidrequest", 400),
          Map.entry("invalidrequesterror", 400),
          Map.entry("invalidargument", 400),
          Map.entry("invalidparameter", 400),
          Map.entry("validationerror", 400),
          Map.entry("contextlengthexceeded", 400),
          Map.entry("contentpolicyviolation", 400),
          Map.entry("notfound", 404),
          Map.entry("notfounderror", 404),
          Map.entry("modelnotfound", 404),
          Map.entry("unprocessableentity", 422));

  /** What is said in words where no code says it. */
  private static final List<Words> WORDS =
      List.of(
          new Words(
              words(
                  "\\brate[ _-]?limit|\\btoo many requests\\b|\\boverloaded\\b|\\bover capacity\\b"),
              TOO_MANY_REQUESTS),
          new Words(words("\\btimed[ -]?out\\b|\\btime-?out\\b"), TIMEOUT));

  private record Words(Pattern pattern, int status) {}

  ProviderError {
    marks = List.copyOf(marks);
  }

  private static Pattern words(String pattern) {
    return Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
  }

  /** An error in plain text. */
  static ProviderError ofText(String text) {
    return new ProviderError(
        true,
        Optional.of(text),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        List.of());
  }

  /** The same as an error, whatever its form. */
  ProviderError asReported() {
    return new ProviderError(true, message, type, param, code, wellFormed, marks);
  }

  /** Whether it is about our key or our account and not about the tenant's request. */
  boolean isAboutOurAccount() {
    return marks.stream().map(ProviderError::plain).anyMatch(ABOUT_OUR_ACCOUNT::contains);
  }

  /** The HTTP status that it means; 0 if it says none. */
  int status() {
    if (isAboutOurAccount()) {
      return UNAUTHORIZED;
    }
    // A number says it more exactly than a type in words.
    return marks.stream()
        .filter(ProviderError::isNumber)
        .mapToInt(ProviderError::statusOf)
        .findFirst()
        .orElseGet(() ->
            marks.stream()
                .mapToInt(ProviderError::statusOf)
                .filter(status -> status > 0)
                .findFirst()
                .orElseGet(this::statusOfWords));
  }

  /** The status that a code, a type or a status means; 0 if it is not known. */
  static int statusOf(String mark) {
    return isNumber(mark) ? Integer.parseInt(mark) : STATUS.getOrDefault(plain(mark), 0);
  }

  private static boolean isNumber(String mark) {
    return mark.matches("[45][0-9][0-9]");
  }

  private int statusOfWords() {
    var text = message.orElse("");
    return WORDS.stream()
        .filter(words -> words.pattern().matcher(text).find())
        .mapToInt(Words::status)
        .findFirst()
        .orElse(0);
  }

  private static String plain(String mark) {
    return mark.toLowerCase(Locale.ROOT).replaceAll("[_ .-]", "");
  }

  /**
   * The error in the shape that every client library understands, message and code kept.
   *
   * @param usualType the type where the provider gave none
   */
  byte[] body(String usualType) {
    var out = new ByteArrayOutputStream(256);
    try (var json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeObjectFieldStart("error");
      json.writeStringField("message", message.orElse(REPORTED));
      json.writeStringField("type", type.orElse(usualType));
      if (param.isPresent()) {
        json.writeStringField("param", param.get());
      } else {
        json.writeNullField("param");
      }
      json.writeStringField("code", code.orElse(ErrorCode.UPSTREAM_ERROR.wireName()));
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a byte array takes every byte", e);
    }
    return out.toByteArray();
  }

  /** Without the text, which is part of an answer. */
  @Override
  public String toString() {
    return "ProviderError[wellFormed=" + wellFormed + "]";
  }
}

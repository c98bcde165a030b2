package dev.chatgate.identity.login;

import dev.chatgate.identity.login.JsonValue.Array;
import dev.chatgate.identity.login.JsonValue.Flag;
import dev.chatgate.identity.login.JsonValue.Members;
import dev.chatgate.identity.login.JsonValue.Null;
import dev.chatgate.identity.login.JsonValue.Numeric;
import dev.chatgate.identity.login.JsonValue.Text;
import dev.chatgate.tenant.RequiredClaim;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The claims of a token (RFC 7519, section 4). A name that begins with {@code /} is a JSON pointer
 * (RFC 6901), any other the name of a member.
 *
 * @param members the claims set
 */
record Claims(Members members) {
  private static final Pattern INDEX = Pattern.compile("0|[1-9][0-9]{0,5}");
  private static final Pattern BAD_ESCAPE = Pattern.compile("~(?![01])");

  /** The value of a claim; empty if the token does not have it. */
  Optional<JsonValue> find(String name) {
    return name.startsWith("/") ? at(name) : members.find(name);
  }

  private Optional<JsonValue> at(String pointer) {
    if (BAD_ESCAPE.matcher(pointer).find()) {
      return Optional.empty();
    }
    Optional<JsonValue> value = Optional.of(members);
    for (var step : pointer.substring(1).split("/", -1)) {
      var name = step.replace("~1", "/").replace("~0", "~");
      value = value.flatMap(parent -> child(parent, name));
    }
    return value;
  }

  private static Optional<JsonValue> child(JsonValue parent, String name) {
    return switch (parent) {
      case Members object -> object.find(name);
      case Array(var values) when INDEX.matcher(name).matches() ->
          values.stream().skip(Integer.parseInt(name)).findFirst();
      case Array _, Text _, Numeric _, Flag _, Null _ -> Optional.empty();
    };
  }

  /** The value of a claim that is a string; empty for any other. */
  Optional<String> text(String name) {
    return find(name).flatMap(value -> texts(value, false).findFirst());
  }

  /** The strings of a claim that is a string or a list; empty for any other. */
  List<String> texts(String name) {
    return find(name).stream().flatMap(value -> texts(value, true)).toList();
  }

  private static Stream<String> texts(JsonValue value, boolean ofList) {
    return switch (value) {
      case Text(var text) -> Stream.of(text);
      case Array(var values) when ofList -> values.stream().flatMap(item -> texts(item, false));
      case Array _, Members _, Numeric _, Flag _, Null _ -> Stream.empty();
    };
  }

  /** Every string of the claims, at any depth. */
  Stream<String> allTexts() {
    return allTexts(members);
  }

  private static Stream<String> allTexts(JsonValue value) {
    return switch (value) {
      case Text(var text) -> Stream.of(text);
      case Array(var values) -> values.stream().flatMap(Claims::allTexts);
      case Members(var byName) -> byName.values().stream().flatMap(Claims::allTexts);
      case Numeric _, Flag _, Null _ -> Stream.empty();
    };
  }

  /** Whether a claim has the value that it must have, or is a list that contains it. */
  boolean has(String name, RequiredClaim required) {
    return find(name).map(value -> isOrContains(value, required)).orElse(false);
  }

  private static boolean isOrContains(JsonValue value, RequiredClaim required) {
    return value instanceof Array(var values)
        ? values.stream().anyMatch(item -> is(item, required))
        : is(value, required);
  }

  private static boolean is(JsonValue value, RequiredClaim required) {
    return switch (required) {
      case RequiredClaim.Text(var text) -> value.equals(new Text(text));
      case RequiredClaim.Flag(var flag) -> value.equals(new Flag(flag));
      case RequiredClaim.Numeric(var number) ->
          value instanceof Numeric(var other) && other.compareTo(number) == 0;
    };
  }
}

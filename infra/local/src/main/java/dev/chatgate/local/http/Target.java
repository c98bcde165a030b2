package dev.chatgate.local.http;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The target of a request in one of the forms that an origin server takes (RFC 9112, 3.2): the
 * origin form, the absolute form, and {@code *} for {@code OPTIONS}.
 *
 * @param authority of the absolute form
 * @param path begins with a slash, or is {@code *}
 * @param query behind the first question mark; empty if there is none
 */
record Target(Optional<String> authority, String path, String query) {
  private static final Pattern ABSOLUTE =
      Pattern.compile("(?i:https?)://(?<authority>[^/?]*)(?<rest>.*)");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._~%!$&'()*+,;=:\\[\\]-]*");

  /** Reads a target; throws if it has another form. */
  static Target of(String method, String text) throws MalformedException {
    if (text.chars().anyMatch(c -> c <= ' ' || c == 0x7F)) {
      throw new MalformedException("a control character in the target");
    }
    if (text.startsWith("/")) {
      return of(Optional.empty(), text);
    }
    if (text.equals("*") && method.equals("OPTIONS")) {
      return new Target(Optional.empty(), text, "");
    }
    var absolute = ABSOLUTE.matcher(text);
    if (!absolute.matches() || absolute.group("authority").isEmpty()) {
      throw new MalformedException("a target of another form");
    }
    String rest = absolute.group("rest");
    return of(
        Optional.of(host(absolute.group("authority"))), rest.startsWith("/") ? rest : "/" + rest);
  }

  private static Target of(Optional<String> authority, String pathAndQuery) {
    int mark = pathAndQuery.indexOf('?');
    return mark < 0
        ? new Target(authority, pathAndQuery, "")
        : new Target(authority, pathAndQuery.substring(0, mark), pathAndQuery.substring(mark + 1));
  }

  /** A host and a port, if these characters may be some. */
  static String host(String text) throws MalformedException {
    if (!HOST.matcher(text).matches()) {
      throw new MalformedException("a host of another form");
    }
    return text;
  }
}

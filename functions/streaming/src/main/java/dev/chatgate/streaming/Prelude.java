package dev.chatgate.streaming;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The bytes before the body of a response of type {@code
 * application/vnd.awslambda.http-integration-response}: status, headers and cookies as JSON, then 8
 * NUL bytes.
 */
final class Prelude {

  private static final int DELIMITER_BYTES = 8;
  private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";

  private Prelude() {}

  /**
   * The prelude with its delimiter; arguments as in {@link ResponseWriter#head(int, Map, List)}.
   */
  static byte[] encode(int status, Map<String, String> headers, List<String> cookies) {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("The status must be 200 to 599, not " + status);
    }
    StringBuilder json = new StringBuilder(256);
    json.append("{\"statusCode\":").append(status).append(",\"headers\":{");
    appendHeaders(json, headers);
    json.append('}');
    appendCookies(json, cookies);
    byte[] text = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(text, text.length + DELIMITER_BYTES);
  }

  private static void appendHeaders(StringBuilder json, Map<String, String> headers) {
    String separator = "";
    for (Map.Entry<String, String> header : headers.entrySet()) {
      if (!isConnectionHeader(header.getKey())) {
        json.append(separator);
        Json.string(json, checkedName(header.getKey()));
        json.append(':');
        Json.string(json, checkedValue(header.getValue()));
        separator = ",";
      }
    }
  }

  private static void appendCookies(StringBuilder json, List<String> cookies) {
    String separator = ",\"cookies\":[";
    for (String cookie : cookies) {
      json.append(separator);
      Json.string(json, checkedValue(cookie));
      separator = ",";
    }
    if (!cookies.isEmpty()) {
      json.append(']');
    }
  }

  private static boolean isConnectionHeader(String name) {
    return name.equalsIgnoreCase("Content-Length")
        || name.equalsIgnoreCase("Connection")
        || name.equalsIgnoreCase("Transfer-Encoding");
  }

  private static String checkedName(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (!isToken(name.charAt(i))) {
        throw new IllegalArgumentException("A header name has a character that HTTP forbids");
      }
    }
    if (name.isEmpty()) {
      throw new IllegalArgumentException("A header name is empty");
    }
    return name;
  }

  private static boolean isToken(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || TOKEN_PUNCTUATION.indexOf(c) >= 0;
  }

  private static String checkedValue(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f) {
        throw new IllegalArgumentException("A header value has a control character");
      }
    }
    return value;
  }
}

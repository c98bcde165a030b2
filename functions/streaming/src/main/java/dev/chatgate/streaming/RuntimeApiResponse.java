package dev.chatgate.streaming;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A complete answer of the Runtime API. */
final class RuntimeApiResponse {

  private final int status;
  private final String[] header;
  private final byte[] body;

  /** The header as name, value, name, value…, names in their original case. */
  RuntimeApiResponse(int status, String[] header, byte[] body) {
    this.status = status;
    this.header = header;
    this.body = body;
  }

  int status() {
    return status;
  }

  byte[] body() {
    return body;
  }

  @Nullable String header(String name) {
    return find(header, header.length, name);
  }

  String required(String name) throws IOException {
    String value = header(name);
    if (value == null) {
      throw new IOException("The Runtime API sent no " + name);
    }
    return value;
  }

  static @Nullable String find(String[] header, int length, String name) {
    for (int i = 0; i < length; i += 2) {
      if (header[i].equalsIgnoreCase(name)) {
        return header[i + 1];
      }
    }
    return null;
  }
}

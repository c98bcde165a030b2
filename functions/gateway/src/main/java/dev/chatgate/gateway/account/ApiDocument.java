package dev.chatgate.gateway.account;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The OpenAPI 3.1 document of the gateway's API, {@code openapi.json} beside this class, answered
 * byte for byte.
 *
 * @param json UTF-8; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // read once, compared by nobody
public record ApiDocument(byte[] json) {
  private static final String RESOURCE = "openapi.json";

  /**
   * Reads the document from the package.
   *
   * @throws IllegalStateException if the package has none
   */
  public static ApiDocument read() {
    try (var resource = ApiDocument.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IllegalStateException("the package has no " + RESOURCE);
      }
      return new ApiDocument(resource.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + RESOURCE, e);
    }
  }
}

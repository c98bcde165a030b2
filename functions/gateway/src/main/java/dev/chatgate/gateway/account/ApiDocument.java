package dev.chatgate.gateway.account;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The OpenAPI 3.1 document of the gateway's API. It is the resource {@code openapi.json} in this
 * package, served unchanged.
 *
 * @param json the document in UTF-8; must not be modified
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
public record ApiDocument(byte[] json) {
  private static final String RESOURCE = "openapi.json";

  /**
   * Reads the document from the class path.
   *
   * @throws IllegalStateException if it is not on the class path
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

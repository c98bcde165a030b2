package dev.chatgate.gateway.auth;

import dev.chatgate.gateway.http.GatewayRequest;
import dev.chatgate.openai.error.ApiError;
import dev.chatgate.openai.error.ErrorCode;
import dev.chatgate.tenant.Caller;
import dev.chatgate.tenant.EndUser;
import dev.chatgate.tenant.Scope;
import java.util.Optional;

/** Reads the header in which a tenant's server names the end user for whom it calls. */
public final class EndUserHeader {
  /** The header's name, in lower case. */
  public static final String NAME = "x-chatgate-end-user";

  private EndUserHeader() {}

  /** What the header of a request means. */
  public sealed interface Read {
    /** There is no header. */
    record Absent() implements Read {}

    /** The credential may not name an end user, so that the header means nothing. */
    record Ignored() implements Read {}

    /** The header names the end user. */
    record Named(EndUser endUser) implements Read {}

    /**
     * The header has another form.
     *
     * @param error a 400 that names the header
     */
    record Invalid(ApiError error) implements Read {}
  }

  /**
   * Reads the header.
   *
   * @param caller the caller; its credential may lack the scope to name an end user
   */
  public static Read read(GatewayRequest request, Caller caller) {
    var value = request.header(NAME);
    if (value.isEmpty()) {
      return new Read.Absent();
    }
    if (caller.isFrontEnd() || !caller.has(Scope.END_USER_HEADER)) {
      return new Read.Ignored();
    }
    return value
        .flatMap(EndUserHeader::endUser)
        .<Read>map(Read.Named::new)
        .orElseGet(() -> new Read.Invalid(invalid()));
  }

  /** A comma separates the values of a header that was sent twice (RFC 9110, section 5.3). */
  private static Optional<EndUser> endUser(String value) {
    return value.indexOf(',') < 0 ? EndUser.of(value) : Optional.empty();
  }

  private static ApiError invalid() {
    return ApiError.about(
        ErrorCode.INVALID_VALUE,
        NAME,
        "The header %s must be sent once, with 1 to %d visible ASCII characters and no comma."
            .formatted(NAME, EndUser.MAX_LENGTH));
  }
}

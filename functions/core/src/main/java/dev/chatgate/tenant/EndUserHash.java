package dev.chatgate.tenant;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Stands for an end user in keys and entries: the first 8 bytes of SHA-256(tenant, 0, id). It
 * depends on no secret, so it never changes; among a million end users of a tenant two have the
 * same one with a probability of 3·10⁻⁸.
 *
 * @param bits the 8 bytes, big-endian
 */
public record EndUserHash(long bits) {
  /** Length in bytes. */
  public static final int BYTES = Long.BYTES;

  private static final int DIGITS = 2 * BYTES;

  /** The hash of an end user of a tenant. */
  public static EndUserHash of(TenantId tenant, EndUser endUser) {
    var text = tenant.value() + '\0' + endUser.id();
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return new EndUserHash(ByteBuffer.wrap(hash).getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Reads {@link #toString}'s form.
   *
   * @throws IllegalArgumentException if the text has another form
   */
  public static EndUserHash parse(String text) {
    if (text.length() != DIGITS) {
      throw new IllegalArgumentException("an end user's hash has " + DIGITS + " digits");
    }
    return new EndUserHash(HexFormat.fromHexDigitsToLong(text));
  }

  /** 16 hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(bits);
  }
}

package dev.chatgate.quota.item;

import dev.chatgate.tenant.EndUserHash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;

/**
 * What the quota item knows of one reservation in flight: packed into {@value #BYTES} bytes, so
 * that hundreds fit beside each other. Applying takes all that it undoes from here, never from the
 * limits or the clock, which may have changed since.
 *
 * <p>A later release may put more bytes behind these. They are not understood, but kept: applying
 * is conditional on all bytes of the entry.
 *
 * @param attempt number of the admission's attempt, 0 to 255; a correction's low bits of the nonce
 * @param tokens reserved, 0 to {@link #MAX}
 * @param microUsd reserved, 0 to {@link #MAX}
 * @param holdNanos bucket time held for the tokens, 0 to {@link #MAX}
 * @param admittedAtSeconds epoch seconds of the first attempt, the same in all attempts
 * @param secondsToDeadline from then to the deadline, 0 to 65,535
 * @param epochDay the UTC day of the windows that were charged, days since 1970, 0 to 65,535
 * @param modelCode the model's number in the item, 0 to 65,535
 * @param keyCode the key's number in the tenant, 0 to 65,535; a correction's high bits of the nonce
 * @param rest the bytes behind these, one character each (ISO 8859-1); none, or what {@link
 *     #endUser} reads, and more of a later release
 */
public record ReservationEntry(
    int attempt,
    long tokens,
    long microUsd,
    long holdNanos,
    long admittedAtSeconds,
    int secondsToDeadline,
    int epochDay,
    int modelCode,
    int keyCode,
    String rest) {
  /** Length of the packed form, without the rest. */
  public static final int BYTES = 28;

  /** The largest reserve that fits: 40 bits. */
  public static final long MAX = (1L << 40) - 1;

  private static final int MAX_SHORT = 0xFFFF;
  private static final long MAX_SECONDS = 0xFFFF_FFFFL;

  /**
   * @throws IllegalArgumentException if a number does not fit its place
   */
  public ReservationEntry {
    require(attempt, 0xFF);
    require(tokens, MAX);
    require(microUsd, MAX);
    require(holdNanos, MAX);
    require(admittedAtSeconds, MAX_SECONDS);
    require(secondsToDeadline, MAX_SHORT);
    require(epochDay, MAX_SHORT);
    require(modelCode, MAX_SHORT);
    require(keyCode, MAX_SHORT);
  }

  /**
   * What a tenant's entry says of the entry that the same call has in an end user's item.
   *
   * @param hash the end user
   * @param nonce the {@link ReservationEntry#nonce} of the entry there
   */
  public record EndUserEntry(EndUserHash hash, int nonce) {}

  /** An entry with nothing behind it. */
  public ReservationEntry(
      int attempt,
      long tokens,
      long microUsd,
      long holdNanos,
      long admittedAtSeconds,
      int secondsToDeadline,
      int epochDay,
      int modelCode,
      int keyCode) {
    this(
        attempt,
        tokens,
        microUsd,
        holdNanos,
        admittedAtSeconds,
        secondsToDeadline,
        epochDay,
        modelCode,
        keyCode,
        "");
  }

  /** The same entry, beside which the call has one in an end user's item. */
  public ReservationEntry with(EndUserEntry other) {
    var bytes = ByteBuffer.allocate(EndUserHash.BYTES + nonceBytes());
    bytes.putLong(other.hash().bits());
    for (int shift = Byte.SIZE * (nonceBytes() - 1); shift >= 0; shift -= Byte.SIZE) {
      bytes.put((byte) (other.nonce() >>> shift));
    }
    return new ReservationEntry(
        attempt,
        tokens,
        microUsd,
        holdNanos,
        admittedAtSeconds,
        secondsToDeadline,
        epochDay,
        modelCode,
        keyCode,
        new String(bytes.array(), StandardCharsets.ISO_8859_1));
  }

  /** A correction's nonce has 24 bits, a call's 8. */
  private int nonceBytes() {
    return isCorrection() ? 3 : 1;
  }

  /**
   * The entry that the same call has in an end user's item, if it has one: 8 bytes for the end
   * user, then the nonce. A nonce of 0 means that there is none.
   */
  public Optional<EndUserEntry> endUser() {
    if (rest.length() < EndUserHash.BYTES + nonceBytes()) {
      return Optional.empty();
    }
    var bytes = ByteBuffer.wrap(rest.getBytes(StandardCharsets.ISO_8859_1));
    var hash = new EndUserHash(bytes.getLong());
    int nonce = 0;
    for (int read = 0; read < nonceBytes(); read++) {
      nonce = (nonce << Byte.SIZE) | (bytes.get() & 0xFF);
    }
    return nonce == 0 ? Optional.empty() : Optional.of(new EndUserEntry(hash, nonce));
  }

  private static void require(long value, long most) {
    if (value < 0 || value > most) {
      throw new IllegalArgumentException(value + " is not within 0 to " + most);
    }
  }

  /** When the call's first attempt was made. */
  public Instant admittedAt() {
    return Instant.ofEpochSecond(admittedAtSeconds);
  }

  /** From when on the reconciler may settle it. */
  public Instant deadline() {
    return Instant.ofEpochSecond(admittedAtSeconds + secondsToDeadline);
  }

  /** The UTC day of the windows that were charged. */
  public LocalDate day() {
    return LocalDate.ofEpochDay(epochDay);
  }

  /** Whether it is a correction's: those hold nothing, and every call holds at least a token. */
  public boolean isCorrection() {
    return tokens == 0;
  }

  /**
   * Tells this entry from others under its id: a record is about the entry of one nonce. A call
   * counts its attempts. Callers who make the same correction at once know nothing of each other
   * and draw theirs: 8 bits would meet too often, so the key's number, which only the record needs,
   * leaves its place to 16 more.
   */
  public int nonce() {
    return isCorrection() ? keyCode << Byte.SIZE | attempt : attempt;
  }

  /** The bytes that the store keeps, big-endian in the order of the components. */
  public byte[] pack() {
    var bytes = ByteBuffer.allocate(BYTES + rest.length());
    bytes.put((byte) attempt);
    put40(bytes, tokens);
    put40(bytes, microUsd);
    put40(bytes, holdNanos);
    bytes.putInt((int) admittedAtSeconds);
    bytes.putShort((short) secondsToDeadline);
    bytes.putShort((short) epochDay);
    bytes.putShort((short) modelCode);
    bytes.putShort((short) keyCode);
    if (!rest.isEmpty()) {
      bytes.put(rest.getBytes(StandardCharsets.ISO_8859_1));
    }
    return bytes.array();
  }

  /**
   * Reads {@link #pack}'s bytes.
   *
   * @throws IllegalArgumentException if there are fewer than {@value #BYTES}
   */
  public static ReservationEntry unpack(byte[] packed) {
    if (packed.length < BYTES) {
      throw new IllegalArgumentException("an entry has " + BYTES + " bytes, not " + packed.length);
    }
    var bytes = ByteBuffer.wrap(packed);
    return new ReservationEntry(
        bytes.get() & 0xFF,
        get40(bytes),
        get40(bytes),
        get40(bytes),
        bytes.getInt() & MAX_SECONDS,
        bytes.getShort() & MAX_SHORT,
        bytes.getShort() & MAX_SHORT,
        bytes.getShort() & MAX_SHORT,
        bytes.getShort() & MAX_SHORT,
        rest(packed));
  }

  private static String rest(byte[] packed) {
    return packed.length == BYTES
        ? ""
        : new String(packed, BYTES, packed.length - BYTES, StandardCharsets.ISO_8859_1);
  }

  private static void put40(ByteBuffer bytes, long value) {
    bytes.put((byte) (value >>> 32));
    bytes.putInt((int) value);
  }

  private static long get40(ByteBuffer bytes) {
    long high = bytes.get() & 0xFFL;
    return high << 32 | (bytes.getInt() & MAX_SECONDS);
  }
}

package dev.chatgate;

import java.util.random.RandomGenerator;

/**
 * Names one call: the value of {@code x-request-id}, and in its last 12 characters the id of the
 * reservation and of the usage record.
 *
 * @param value {@code req_} and 24 characters of {@code 0-9 a-z}
 */
public record RequestId(String value) {
  /** Characters of the reservation's id at the end of the value. */
  public static final int RESERVATION_ID_LENGTH = 12;

  private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
  private static final int RANDOM_CHARACTERS = 24;

  /**
   * Makes a fresh id.
   *
   * @param random a source that was seeded in this process, after a snapshot's restore: {@link
   *     java.security.SecureRandom}
   */
  public static RequestId fresh(RandomGenerator random) {
    var id = new StringBuilder("req_");
    for (int i = 0; i < RANDOM_CHARACTERS; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return new RequestId(id.toString());
  }

  /** The last 12 characters: 62 bits of randomness. */
  public String reservationId() {
    return value.substring(value.length() - RESERVATION_ID_LENGTH);
  }

  @Override
  public String toString() {
    return value;
  }
}

package dev.chatgate.local.http;

/**
 * One header line.
 *
 * @param name as it was written
 * @param value without the white space around it
 */
public record Header(String name, String value) {
  /** Whether this is its name, in any case. */
  boolean is(String other) {
    return name.equalsIgnoreCase(other);
  }
}

package dev.chatgate.cli.doctor;

import java.net.URI;

/**
 * A door that the deployment has.
 *
 * @param name its name in findings
 * @param url the URL of its chat calls
 * @param functionId the template's name of its function
 * @param isStreaming whether it sends an answer piece by piece
 */
record CheckedDoor(String name, URI url, String functionId, boolean isStreaming) {
  /** The name of one of its checks. */
  String check(String subject) {
    return name + ", " + subject;
  }
}

package dev.chatgate.clients.runner;

/** A runner's environment variables. */
final class Variables {
  static final String STREAM_URL = variable("STREAM_URL");
  static final String API_URL = variable("API_URL");
  static final String CALLS_URL = variable("CALLS_URL");
  static final String KEY = variable("KEY");
  static final String COUNTED = variable("KEY_COUNTED");
  static final String LIMITED = variable("KEY_LIMITED");
  static final String PACED = variable("KEY_PACED");
  static final String SPENT = variable("KEY_SPENT");
  static final String SUSPENDED = variable("KEY_SUSPENDED");
  static final String NARROW = variable("KEY_NARROW");
  static final String UNKNOWN = variable("KEY_UNKNOWN");
  static final String CLIENT_SECRET = variable("CLIENT_SECRET");

  private Variables() {}

  private static String variable(String name) {
    String value = System.getenv("CHATGATE_" + name);
    if (value == null) {
      throw new IllegalStateException("CHATGATE_" + name + " is not set");
    }
    return value;
  }
}

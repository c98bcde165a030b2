package dev.chatgate.openai.provider;

/** Whether bytes are JSON. */
final class Json {
  private Json() {}

  /** Whether the bytes are one JSON text in UTF-8 and nothing else. */
  static boolean isWhole(byte[] bytes) {
    return new AnswerParser(new ReceivedText()).parse(bytes, 0, bytes.length).isJson();
  }
}

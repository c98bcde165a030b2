package dev.chatgate.openai.provider;

import java.io.ByteArrayOutputStream;

/** Collects the events of one read, so that they go out in one write. */
final class Outgoing extends ByteArrayOutputStream {
  private static final int USUAL_BYTES = 4096;

  Outgoing() {
    super(USUAL_BYTES);
  }

  /** Hands everything to the sink and begins anew. */
  void flushTo(PatientSink sink) {
    sink.write(buf, 0, count);
    reset();
  }
}

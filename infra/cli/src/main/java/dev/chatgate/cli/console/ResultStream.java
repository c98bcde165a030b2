package dev.chatgate.cli.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Standard output. It keeps the first failure, which a {@link java.io.PrintWriter} only reports as
 * a flag.
 */
public final class ResultStream extends OutputStream {
  /** How Linux and macOS name the end of a pipe whose reader has closed it, as head does. */
  private static final String READER_IS_GONE = "Broken pipe";

  private final OutputStream out;
  private @Nullable IOException failure;

  /**
   * @param out the stream to write to
   */
  public ResultStream(OutputStream out) {
    this.out = out;
  }

  /** Standard output of this process. */
  public static ResultStream ofThisProcess() {
    return new ResultStream(new FileOutputStream(FileDescriptor.out));
  }

  @Override
  public void write(int single) throws IOException {
    write(new byte[] {(byte) single}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw keep(e);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      throw keep(e);
    }
  }

  private IOException keep(IOException e) {
    if (failure == null) {
      failure = e;
    }
    return e;
  }

  /**
   * A sentence about output that was lost. A reader that wants no more, as in {@code | head}, loses
   * nothing.
   */
  public Optional<String> lossOfOutput() {
    return Optional.ofNullable(failure)
        .map(first -> String.valueOf(first.getMessage()))
        .filter(reason -> !reason.startsWith(READER_IS_GONE))
        .map(reason -> "Cannot write to standard output: " + reason + ".");
  }
}

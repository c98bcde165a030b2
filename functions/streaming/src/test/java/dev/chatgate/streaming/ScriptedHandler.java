package dev.chatgate.streaming;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

/**
 * A handler that runs the commands in its request, one for each line, including wrong uses of the
 * channel. After a line {@code --} the request may contain any bytes.
 */
public final class ScriptedHandler implements StreamingHandler {

  @Override
  public void handle(byte[] request, InvocationContext context, ResponseWriter response)
      throws Exception {
    try (Run run = new Run(request, context, response)) {
      for (String line : new String(request, StandardCharsets.UTF_8).split("\n", -1)) {
        if (line.equals("--")) {
          return;
        }
        run.command(line);
      }
    }
  }

  private static final class Run implements AutoCloseable {

    private final byte[] request;
    private final InvocationContext context;
    private final ResponseWriter response;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final List<String> cookies = new ArrayList<>();
    private Gate.@Nullable Visitor gate;

    Run(byte[] request, InvocationContext context, ResponseWriter response) {
      this.request = request;
      this.context = context;
      this.response = response;
    }

    void command(String line) throws Exception {
      int space = line.indexOf(' ');
      String rest = space < 0 ? "" : line.substring(space + 1);
      switch (space < 0 ? line : line.substring(0, space)) {
        case "gate" -> gate = new Gate.Visitor(Integer.parseInt(rest));
        case "wait" -> gate().pass();
        case "say" -> gate().say(rest);
        case "header" -> header(rest);
        case "cookie" -> cookies.add(rest);
        case "head" -> response.head(Integer.parseInt(rest), headers, cookies);
        case "write" -> response.write(rest.getBytes(StandardCharsets.UTF_8));
        case "write-nothing" -> response.write(new byte[0]);
        case "end" -> response.end();
        case "within" -> response.endWithin(Duration.ofMillis(Long.parseLong(rest)));
        case "fail" -> response.fail(new IllegalStateException(rest));
        case "throw" -> throw new IllegalStateException(rest);
        case "throw-error" -> throw new StackOverflowError(rest);
        case "interrupt" -> Thread.currentThread().interrupt();
        case "try" -> attempt(rest);
        case "until-lost" -> untilLost();
        case "chunks" -> chunks(Integer.parseInt(rest));
        case "big" -> response.write(filled(Integer.parseInt(rest)));
        case "context" -> gate().say(context.toString());
        case "trace" -> gate().say(trace());
        case "digest" -> gate().say(request.length + " " + crc(request));
        case "exit" -> Runtime.getRuntime().halt(Integer.parseInt(rest));
        default -> throw new IllegalArgumentException("unknown command");
      }
    }

    private Gate.Visitor gate() {
      return Objects.requireNonNull(gate);
    }

    private void header(String rest) {
      int equals = rest.indexOf('=');
      headers.put(rest.substring(0, equals), rest.substring(equals + 1));
    }

    private void attempt(String line) throws Exception {
      try {
        command(line);
        gate().say("done");
      } catch (IOException | RuntimeException e) {
        gate().say(e.getClass().getSimpleName());
      }
    }

    private void untilLost() throws IOException {
      try {
        while (true) {
          response.write(new byte[1000]);
        }
      } catch (IOException e) {
        gate().say("lost");
      }
    }

    /**
     * Writes {@code count} chunks of 1,000 bytes and sends the number of bytes that were allocated
     * meanwhile to the gate.
     */
    private void chunks(int count) throws IOException {
      byte[] chunk = filled(1000);
      var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      for (int i = 0; i < 1000; i++) {
        response.write(chunk);
      }
      long before = thread.getCurrentThreadAllocatedBytes();
      for (int i = 1000; i < count; i++) {
        response.write(chunk);
      }
      gate().say(Long.toString(thread.getCurrentThreadAllocatedBytes() - before));
    }

    private String trace() {
      return context.traceId().orElse("none")
          + " "
          + System.getProperty("com.amazonaws.xray.traceHeader")
          + " "
          + SdkInternalThreadLocal.get("AWS_LAMBDA_X_TRACE_ID");
    }

    @Override
    public void close() throws IOException {
      if (gate != null) {
        gate.close();
      }
    }
  }

  static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 'x');
    return bytes;
  }

  static long crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }
}

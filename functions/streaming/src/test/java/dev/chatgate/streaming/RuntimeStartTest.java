package dev.chatgate.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.chatgate.testkit.RuntimeApiServer;
import dev.chatgate.testkit.RuntimeApiServer.Call;
import dev.chatgate.testkit.RuntimeApiServer.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Start and exit of the process. */
final class RuntimeStartTest {

  /** A handler whose constructor fails. */
  public static final class Broken implements StreamingHandler {

    /** Fails. */
    public Broken() {
      throw new IllegalStateException("TABLE is not set");
    }

    @Override
    public void handle(byte[] request, InvocationContext context, ResponseWriter response) {}
  }

  /** A handler whose class cannot be initialised. */
  public static final class BrokenStatically implements StreamingHandler {

    private static final int NUMBER = Integer.parseInt("no number");

    @Override
    public void handle(byte[] request, InvocationContext context, ResponseWriter response)
        throws IOException {
      response.write(new byte[NUMBER]);
    }
  }

  /** A handler without a public constructor. */
  static final class Hidden implements StreamingHandler {

    private Hidden() {}

    @Override
    public void handle(byte[] request, InvocationContext context, ResponseWriter response) {}
  }

  @Test
  void aConstructorThatThrowsIsAnInitErrorWithItsMessage() throws Exception {
    assertRefused(Broken.class.getName(), "TABLE is not set");
  }

  @Test
  void aClassThatCannotBeInitialisedIsAnInitErrorWithItsCause() throws Exception {
    assertRefused(BrokenStatically.class.getName(), "For input string: \\\"no number\\\"");
  }

  @Test
  void aMissingClassIsAnInitError() throws Exception {
    assertRefused("com.example.Nobody", "Handler com.example.Nobody is not on the class path");
  }

  @Test
  void aMethodInTheNameIsAnInitError() throws Exception {
    assertRefused(
        "com.example.Some::handle",
        "Handler com.example.Some::handle names a method: give the class name only");
  }

  @Test
  void aClassThatIsNoHandlerIsAnInitError() throws Exception {
    assertRefused(
        "java.lang.String",
        "Handler java.lang.String does not implement dev.chatgate.streaming.StreamingHandler");
  }

  @Test
  void aHandlerWithoutAPublicConstructorIsAnInitError() throws Exception {
    assertRefused(
        Hidden.class.getName(),
        "Handler " + Hidden.class.getName() + " has no public constructor without parameters");
  }

  @Test
  void noHandlerAtAllIsAnInitError() throws Exception {
    try (RuntimeApiServer api = new RuntimeApiServer();
        FunctionProcess function = FunctionProcess.direct(api, Map.of())) {
      assertTrue(api.startFailure().json().contains("The handler's class name is missing"));
      assertEquals(1, function.exitCode());
    }
  }

  @Test
  void aConcurrencyThatIsNoPositiveNumberIsAnInitError() throws Exception {
    for (String wrong : List.of("0", "-1", "many", "")) {
      try (RuntimeApiServer api = new RuntimeApiServer();
          FunctionProcess function = start(api, Map.of("AWS_LAMBDA_MAX_CONCURRENCY", wrong))) {
        Failure failure = api.startFailure();
        assertTrue(failure.json().contains("AWS_LAMBDA_MAX_CONCURRENCY"), failure.json());
        assertEquals(1, function.exitCode());
      }
    }
  }

  @Test
  void withoutARuntimeApiTheLogSaysSo() throws Exception {
    for (String address : List.of("", "nowhere", "127.0.0.1:port")) {
      try (FunctionProcess function = FunctionProcess.start(command(), address, Map.of())) {
        assertEquals(1, function.exitCode());
        assertTrue(function.log().contains("AWS_LAMBDA_RUNTIME_API"), function.log());
        assertEquals(1, function.log().lines().count(), function.log());
      }
    }
  }

  @Test
  void anUnreachableRuntimeApiEndsTheProcess() throws Exception {
    int port;
    try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = unused.getLocalPort();
    }
    try (FunctionProcess function =
        FunctionProcess.start(command(), "127.0.0.1:" + port, Map.of())) {
      assertEquals(1, function.exitCode());
      assertTrue(function.log().contains("no next invocation: java.net.ConnectException"));
    }
  }

  @Test
  void aRefusedNextEndsTheProcess() throws Exception {
    for (int status : new int[] {403, 500}) {
      try (RuntimeApiServer api = new RuntimeApiServer()) {
        api.answerWrongly("invocation/next", status);
        try (FunctionProcess function = start(api, Map.of())) {
          assertEquals(1, function.exitCode());
          String line = "FATAL The Runtime API answered " + status + " to invocation/next";
          assertTrue(function.log().contains(line), function.log());
        }
      }
    }
  }

  @Test
  void aBrokenContainerEndsTheProcessAfterTheHandlerHasSettled() throws Exception {
    for (String outcome : List.of("response", "error")) {
      try (RuntimeApiServer api = new RuntimeApiServer();
          Gate gate = new Gate();
          FunctionProcess function = start(api, Map.of())) {
        api.answerWrongly(outcome, 500);
        String answer = outcome.equals("error") ? "fail x" : "head 200\nwrite x\nend";
        api.invoke("gate " + gate.port() + "\n" + answer + "\nsay settled");
        assertEquals("settled", gate.said());
        assertEquals(1, function.exitCode());
        assertTrue(function.log().contains("The Runtime API answered 500"), function.log());
      }
    }
  }

  @Test
  void aBrokenVirtualMachineIsReportedAndEndsTheProcess() throws Exception {
    try (RuntimeApiServer api = new RuntimeApiServer();
        FunctionProcess function = start(api, Map.of())) {
      Call call = api.invoke("throw-error too deep");
      assertTrue(call.failure().json().contains("java.lang.StackOverflowError"));
      assertEquals(1, function.exitCode());
      assertFalse(function.log().contains("too deep"), function.log());
    }
  }

  private static void assertRefused(String handler, String message) throws Exception {
    try (RuntimeApiServer api = new RuntimeApiServer();
        FunctionProcess function = FunctionProcess.direct(api, Map.of(), handler)) {
      Failure failure = api.startFailure();
      assertEquals("init/error", failure.path());
      assertEquals("Runtime.BadFunctionCode", failure.type());
      assertTrue(failure.json().contains("\"errorMessage\":\"" + message + "\""), failure.json());
      assertEquals(1, function.exitCode());
      assertFalse(api.nextAsked());
      assertTrue(function.log().contains("FATAL Runtime.BadFunctionCode: "), function.log());
    }
  }

  private static List<String> command() {
    String classPath = System.getProperty("java.class.path");
    String handler = ScriptedHandler.class.getName();
    return List.of(FunctionProcess.JAVA, "-cp", classPath, Main.class.getName(), handler);
  }

  private static FunctionProcess start(RuntimeApiServer api, Map<String, String> env)
      throws IOException {
    return FunctionProcess.direct(api, env, ScriptedHandler.class.getName());
  }
}

package dev.chatgate.local.lambda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FunctionInstanceTest {
  @Test
  void itsOutputIsReadOnAThreadThatMayBlock() throws Exception {
    var lines = new LinkedBlockingQueue<String>();
    var launch =
        new Launch(List.of("echo", "hello"), Map.of("PATH", "/bin:/usr/bin"), Path.of("."));
    FunctionInstance.start(
        "talker",
        launch,
        line -> lines.add(line + (Thread.currentThread().isVirtual() ? ", virtually" : "")));
    assertEquals("hello", lines.poll(30, TimeUnit.SECONDS));
  }
}

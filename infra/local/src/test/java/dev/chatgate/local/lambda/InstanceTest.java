package dev.chatgate.local.lambda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InstanceTest {
  @Test
  void itsOutputIsReadOnAThreadThatMayBlock() throws Exception {
    var heard = new LinkedBlockingQueue<String>();
    var launch =
        new Launch(List.of("echo", "hello"), Map.of("PATH", "/bin:/usr/bin"), Path.of("."));
    Instance.start(
        "talker",
        launch,
        line -> heard.add(line + (Thread.currentThread().isVirtual() ? ", virtually" : "")));
    assertEquals("hello", heard.poll(30, TimeUnit.SECONDS));
  }
}

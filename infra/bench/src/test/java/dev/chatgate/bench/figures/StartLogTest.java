package dev.chatgate.bench.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StartLogTest {
  private static final List<String> LINES =
      List.of(
          "[12ms] java.lang.Object source: shared objects file",
          "[30ms] a.Main source: file:/x/lib/a-1.0.jar",
          "[31ms] a.Main$$Lambda/0x00000000801 source: a.Main",
          "[40ms] b.Late source: jar:file:/x/lib/b-2.jar!/");

  @Test
  void aClassCountsForTheJarThatItCameFromUntilReadyAndInAll() {
    var log = new StartLog(LINES, "a.Main", 3);

    assertEquals(
        List.of(1, 1, 0, 1),
        List.of(
            log.untilReady("a-1.0.jar"),
            log.inAll("a-1.0.jar"),
            log.untilReady("b-2.jar"),
            log.inAll("b-2.jar")));
    assertEquals(30, log.mainMillis());
  }

  @Test
  void aHiddenClassIsWhereTheClassThatMadeItIsAndTheJdksAreNowhere() {
    var log = new StartLog(LINES, "a.Main", 3);

    assertEquals(Optional.of("a-1.0.jar"), log.jarOf("a.Main$$Lambda/0x00000000801"));
    assertEquals(Optional.empty(), log.jarOf("java.lang.Object"));
  }

  @Test
  void aLogWithoutTheMainClassIsNone() {
    var log = new StartLog(List.of(), "a.Main", 0);

    assertThrows(IllegalStateException.class, log::mainMillis);
  }

  @Test
  void aMomentBelongsToTheInnermostOwnerAndTheHttpClientOwnsNothing() {
    assertEquals(
        "SDK clients",
        phase("java.lang.X", "org.apache.hc.A", "software.amazon.awssdk.B", "io.micronaut.C"));
    assertEquals("provider client", phase("org.apache.hc.A", "dev.chatgate.openai.provider.P"));
    assertEquals("the gateway's other parts", phase("dev.chatgate.chat.G", "io.micronaut.C"));
    assertEquals(
        "wait for the SDK clients",
        phase("java.lang.X", "dev.chatgate.gateway.wiring.AwsClientsFuture", "io.micronaut.C"));
    assertEquals(
        "wait for what is fetched ahead",
        phase(
            "java.lang.X",
            "dev.chatgate.chat.Ahead$Begun",
            "dev.chatgate.gateway.wiring.GatewayFactory"));
    assertEquals("rest", phase("java.lang.X"));
  }

  private static String phase(String... frames) {
    var line = new String[frames.length + 2];
    line[0] = "0";
    line[1] = "main";
    System.arraycopy(frames, 0, line, 2, frames.length);
    return StartPhase.of(line);
  }

  @Test
  void aJarBelongsToItsLibraryAndTheRestToTheSdk() {
    assertEquals("apache5-client, httpclient5", Library.of("httpcore5-5.4.3.jar"));
    assertEquals("AWS SDK: core", Library.of("http-auth-aws-2.54.13.jar"));
    assertEquals("AWS SDK: core", Library.of("regions-2.54.13.jar"));
    assertEquals("aws-lambda-java-core", Library.of("aws-lambda-java-core-1.4.0.jar"));
  }
}

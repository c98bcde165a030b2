package dev.chatgate.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.example.Countdown;
import dev.chatgate.testkit.RuntimeApiServer;
import dev.chatgate.testkit.RuntimeApiServer.Call;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

/** The example in the README compiles, runs and names the current version. */
final class ReadmeTest {

  private final String page;

  ReadmeTest() throws IOException {
    page = Files.readString(Path.of("README.md"));
  }

  @Test
  void theHandlerOnThePageIsTheCompiledOne() throws IOException {
    Path source = Path.of("src/test/java/com/example/Countdown.java");
    assertEquals(List.of(Files.readString(source)), blocks("java"));
  }

  @Test
  void theHandlerOnThePageStreams() throws Exception {
    try (RuntimeApiServer api = new RuntimeApiServer();
        FunctionProcess function =
            FunctionProcess.direct(api, Map.of(), Countdown.class.getName())) {
      Call call = api.invoke("{}");
      assertEquals(
          "{\"statusCode\":200,\"headers\":{\"content-type\":\"text/event-stream\"}}",
          call.prelude());
      for (String data : List.of("3", "2", "1", "lift-off")) {
        assertEquals("data: " + data + "\n\n", call.text());
      }
      assertEquals(List.of(), call.trailers());
      api.awaitIdle();
      assertEquals("The client has its answer; there is time to tidy up.\n", function.log());
    }
  }

  @Test
  void thePomNamesThisVersionAndTheDescriptorThisScript() throws Exception {
    List<String> blocks = blocks("xml");
    assertEquals(2, blocks.size());
    Document pom = xml(blocks.get(0));
    Document module = xml(Files.readString(Path.of("pom.xml")));
    String version = text(module, "version", 0);
    assertEquals(version, text(pom, "version", 1));
    assertEquals(text(module, "artifactId", 1), text(pom, "artifactId", 1));
    Document descriptor = xml(blocks.get(1));
    Path script = Path.of(text(descriptor, "source", 0));
    assertTrue(Files.isExecutable(script), script::toString);
    assertEquals("0755", text(descriptor, "fileMode", 0));
    String wrapper = "AWS_LAMBDA_EXEC_WRAPPER: /var/task/" + script.getFileName() + "\n";
    assertTrue(blocks("yaml").getFirst().contains(wrapper));
    String handler = "Handler: " + Countdown.class.getName() + "\n";
    assertTrue(blocks("yaml").getFirst().contains(handler));
  }

  private List<String> blocks(String language) {
    List<String> blocks = new ArrayList<>();
    String fence = "```" + language + "\n";
    for (int at = page.indexOf(fence); at >= 0; at = page.indexOf(fence, at + 1)) {
      int start = at + fence.length();
      blocks.add(page.substring(start, page.indexOf("```\n", start)));
    }
    return blocks;
  }

  private static Document xml(String text) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String text(Document document, String element, int index) {
    return document.getElementsByTagName(element).item(index).getTextContent();
  }
}

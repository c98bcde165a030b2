package dev.chatgate.clients.runner;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The main class of the Java libraries' runners. */
public final class JavaRunner {
  private static final long MAX_SECONDS = 20;

  private JavaRunner() {}

  /**
   * Runs all cases, or the named ones.
   *
   * @param args the library's name, then names of cases
   */
  public static void main(String[] args) throws Exception {
    Client client =
        switch (args[0]) {
          case "openai-java" -> new OpenAiJavaClient();
          case "langchain4j" -> new LangChain4jClient();
          default -> throw new IllegalArgumentException(args[0]);
        };
    List<String> only = List.of(args).subList(1, args.length);
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    var json = new ObjectMapper();
    try (var thread = Executors.newCachedThreadPool()) {
      for (var one : Scenarios.all().entrySet()) {
        if (only.isEmpty() || only.contains(one.getKey())) {
          out.println(json.writeValueAsString(line(thread, client, one.getKey(), one.getValue())));
        }
      }
      System.exit(0);
    }
  }

  private static Map<String, Object> line(
      ExecutorService thread, Client client, String name, Scenario scenario) {
    String cell;
    String detail = "";
    var played = thread.submit(() -> new Play(client).cell(scenario));
    try {
      cell = played.get(MAX_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      cell = "fails";
      detail = stack(e);
    }
    boolean ok =
        client.known().containsKey(name)
            ? cell.equals(client.known().get(name))
            : isGood(client, scenario, cell);
    var line = new LinkedHashMap<String, Object>();
    line.put("case", name);
    line.put("ok", ok);
    line.put("cell", cell);
    line.put("detail", detail);
    return line;
  }

  /**
   * Whether a cell needs no entry among the known ones. The class of an error was checked before.
   */
  private static boolean isGood(Client client, Scenario scenario, String cell) {
    return switch (scenario) {
      case Scenario.Answers _ -> cell.equals("ok") || cell.equals("–");
      case Scenario.Fails fails ->
          cell.equals(
              client.errorName(fails.status())
                  + client.hidden(fails.param().isPresent(), fails.retryAfter()));
      case Scenario.Breaks _ -> !cell.contains(";") && !cell.equals("fails");
      case Scenario.Left _ -> cell.startsWith("ok");
      case Scenario.Repeated _ -> false;
    };
  }

  private static String stack(Exception e) {
    var text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}

package dev.chatgate.bench.figures;

import dev.chatgate.bench.Measurement;
import dev.chatgate.bench.NotHereException;
import dev.chatgate.bench.Result;
import dev.chatgate.bench.RunLog;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Everything about speed, size and cost on one page: the figures, allocations, a real restore, and
 * where a start's time goes, one after the other.
 */
public final class Table implements Measurement {
  private final Map<String, Measurement> parts = new LinkedHashMap<>();

  public Table() {
    parts.put("Figures", new Figures());
    parts.put("Bytes allocated", new Allocations());
    parts.put("A real restore", new Restores());
    parts.put("A start", new Startup());
  }

  @Override
  public Result run(Path root, RunLog log) throws Exception {
    var summary = new StringBuilder();
    var raw = new StringBuilder();
    boolean held = true;
    for (var part : parts.entrySet()) {
      var result = run(part.getValue(), root, log);
      held &= result.held();
      summary.append("## %s\n\n%s\n\n".formatted(part.getKey(), result.summary().strip()));
      raw.append("# %s\n%s\n\n".formatted(part.getKey(), result.raw().strip()));
    }
    return new Result(held, summary.toString(), raw.toString());
  }

  /** A restore needs a tool that few machines have: without it the rest of the table stands. */
  private static Result run(Measurement part, Path root, RunLog log) throws Exception {
    try {
      return part.run(root, log);
    } catch (NotHereException e) {
      return new Result(true, "Not measured: " + e.getMessage(), "");
    }
  }

  @Override
  public String toString() {
    return "all about speed, size and cost on one page: figures, allocations, restore, startup";
  }
}

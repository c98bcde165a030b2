package dev.chatgate.local.lambda;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * A process of a function. It is started by a shell, which kills it when the shell's standard input
 * ends: so it ends with this process, even after SIGKILL.
 */
final class FunctionInstance {
  private static final String WATCHED =
      """
      exec 3<&0 </dev/null
      "$@" 3<&- &
      child=$!
      { read -r _ <&3; kill -9 "$child"; } 2>/dev/null &
      watcher=$!
      exec 3<&- 2>/dev/null
      wait "$child"
      status=$?
      kill -9 "$watcher" 2>/dev/null
      exit "$status"
      """;

  private final String name;
  private final Process process;

  private FunctionInstance(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /**
   * Starts a process.
   *
   * @param name for the log
   * @param launch what to start
   * @param log gets each line that the process prints
   */
  static FunctionInstance start(String name, Launch launch, Consumer<String> log) {
    var command = new java.util.ArrayList<>(List.of("/bin/sh", "-c", WATCHED, name));
    command.addAll(launch.command());
    var builder = new ProcessBuilder(command).directory(launch.folder().toFile());
    builder.environment().clear();
    builder.environment().putAll(launch.environment());
    try {
      var instance = new FunctionInstance(name, builder.redirectErrorStream(true).start());
      // Not virtual: reading a process's output blocks the carrier thread, and as many instances as
      // processors would leave none for the doors.
      Thread.ofPlatform().daemon().name("log-" + name).start(() -> instance.pump(log));
      return instance;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return name;
  }

  /** Calls back when the process has ended. */
  void onExit(Runnable then) {
    var _ = process.onExit().thenRun(then);
  }

  /** The function's own processes, without the shell. */
  List<ProcessHandle> processes() {
    return process
        .children()
        .filter(child -> !child.info().command().orElse("").endsWith("sh"))
        .toList();
  }

  /** Kills the process at once, as Lambda does: no shutdown hook runs. */
  void kill() {
    List<ProcessHandle> descendants = process.descendants().toList();
    abandon();
    descendants.forEach(ProcessHandle::destroyForcibly);
  }

  /** Closes the pipe to the shell, which then kills the process. */
  void abandon() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // The shell has ended, and its child with it.
    }
  }

  private void pump(Consumer<String> log) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.accept(line);
      }
    } catch (IOException e) {
      // The process has ended.
    }
  }
}

package dev.chatgate.bench.figures;

import dev.chatgate.bench.report.NotHereException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A control group (Linux, version 1) in which a process has the processor time and the memory that
 * Lambda gives to a function: a share of one processor in periods of 20 ms, and a hard limit of the
 * memory. Needs root.
 *
 * <p>Lambda gives a whole processor at 1,769 MB, and a proportional share of it below (AWS Lambda
 * Developer Guide, "Configure Lambda function memory").
 */
final class ControlGroup implements AutoCloseable {
  /** The memory at which Lambda gives one whole processor, in MB of 2^20 bytes. */
  static final int MEGABYTES_A_PROCESSOR = 1_769;

  /** The JVM sees the two processors that a function's sandbox has, and not the group's share. */
  static final String JVM_OPTION = "-XX:-UseContainerSupport";

  private static final Path PROCESSOR = Path.of("/sys/fs/cgroup/cpu");
  private static final Path MEMORY = Path.of("/sys/fs/cgroup/memory");
  private static final String PROCESSES = "cgroup.procs";
  private static final long PERIOD_MICROS = 20_000;
  private static final int TRIES = 500;

  private final int megabytes;
  private final Path processor;
  private final Path memory;

  private ControlGroup(int megabytes, Path processor, Path memory) {
    this.megabytes = megabytes;
    this.processor = processor;
    this.memory = memory;
  }

  /**
   * Makes a group.
   *
   * @param megabytes the function's memory
   * @throws NotHereException if this machine has no control groups of version 1, or not for this
   *     user
   */
  static ControlGroup ofMemorySize(int megabytes) throws NotHereException, IOException {
    var name = "chatgate-" + ProcessHandle.current().pid() + "-" + megabytes;
    var group = new ControlGroup(megabytes, PROCESSOR.resolve(name), MEMORY.resolve(name));
    try {
      Files.createDirectory(group.processor);
      Files.createDirectory(group.memory);
      write(group.processor.resolve("cpu.cfs_period_us"), PERIOD_MICROS);
      write(
          group.processor.resolve("cpu.cfs_quota_us"),
          PERIOD_MICROS * megabytes / MEGABYTES_A_PROCESSOR);
      write(group.memory.resolve("memory.limit_in_bytes"), (long) megabytes << 20);
      return group;
    } catch (IOException e) {
      group.close();
      throw new NotHereException(
          "A function's share of a processor needs root and control groups of version 1: "
              + e.getMessage());
    }
  }

  private static void write(Path file, long value) throws IOException {
    Files.writeString(file, Long.toString(value));
  }

  /** The function's memory, in MB of 2^20 bytes. */
  int megabytes() {
    return megabytes;
  }

  /** A command that runs another one in this group. */
  List<String> command(List<String> inside) {
    var command = new ArrayList<String>();
    command.add("/bin/sh");
    command.add("-c");
    command.add("echo $$ >\"$1\" && echo $$ >\"$2\" && shift 2 && exec \"$@\"");
    command.add("sh");
    command.add(processor.resolve(PROCESSES).toString());
    command.add(memory.resolve(PROCESSES).toString());
    command.addAll(inside);
    return command;
  }

  /** How often a process was killed because the memory was used up. */
  long kills() throws IOException {
    for (var line : Files.readAllLines(memory.resolve("memory.oom_control"))) {
      if (line.startsWith("oom_kill ")) {
        return Long.parseLong(line.substring(line.indexOf(' ') + 1));
      }
    }
    return 0;
  }

  /** Removes the group; all its processes must have ended, or end now. */
  @Override
  public void close() throws IOException {
    remove(processor);
    remove(memory);
  }

  private static void remove(Path group) throws IOException {
    for (int left = TRIES; Files.exists(group); left--) {
      try {
        Files.delete(group);
      } catch (IOException e) {
        if (left == 0) {
          throw e;
        }
        sleep();
      }
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

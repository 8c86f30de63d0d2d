package dev.platform.mall;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Kills this JVM's child processes when this JVM ends, even by SIGKILL. It is a shell that has the
 * children's process ids and waits for the end of its input.
 */
final class ProcessReaper {

  private static final String SCRIPT =
      "pids=; while read -r line; do pids=$line; done; [ -z \"$pids\" ] || kill -9 $pids";

  private static final ProcessReaper INSTANCE = new ProcessReaper();

  private final Process shell;
  private final BufferedWriter orders;
  private final Set<ProcessHandle> others = ConcurrentHashMap.newKeySet();

  private ProcessReaper() {
    try {
      shell =
          new ProcessBuilder("sh", "-c", SCRIPT)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      orders = shell.outputWriter();
    } catch (IOException e) {
      throw new UncheckedIOException("no shell to end processes with", e);
    }
  }

  /** Call this after each start and end of a process. */
  static void childrenChanged() {
    INSTANCE.updateShell();
  }

  /** Adds a process that is not a child of this JVM. */
  static void adopt(ProcessHandle process) {
    INSTANCE.others.add(process);
    INSTANCE.updateShell();
  }

  private synchronized void updateShell() {
    String pids =
        Stream.concat(ProcessHandle.current().descendants(), others.stream())
            .filter(child -> child.isAlive() && child.pid() != shell.pid())
            .map(child -> Long.toString(child.pid()))
            .collect(Collectors.joining(" "));
    try {
      orders.write(pids);
      orders.newLine();
      orders.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("the shell that kills processes has ended", e);
    }
  }
}

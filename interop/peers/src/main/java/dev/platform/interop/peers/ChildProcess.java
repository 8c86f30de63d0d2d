package dev.platform.interop.peers;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A subject's process: an instance or a watcher. Ends with this JVM at the latest. */
final class ChildProcess implements AutoCloseable {

  private static final long LEAVING_SECONDS = 30;

  private final Process process;
  private final Thread onExit;

  private ChildProcess(Process process) {
    this.process = process;
    this.onExit = new Thread(process::destroyForcibly, "child-exit");
    Runtime.getRuntime().addShutdownHook(onExit);
  }

  /**
   * Starts it.
   *
   * @param log where what it prints to its standard error goes
   * @param lines gets each line of its standard output, on a thread of its own
   */
  static ChildProcess start(List<String> command, File log, Consumer<String> lines)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log));
    // No list of an earlier run.
    builder.environment().put("XDG_STATE_HOME", log.getParentFile().getAbsolutePath());
    ChildProcess child = new ChildProcess(builder.start());
    Thread reader = new Thread(() -> read(child.process, lines), "child-output");
    reader.setDaemon(true);
    reader.start();
    return child;
  }

  void pause() throws IOException, InterruptedException {
    signal("STOP");
  }

  void goOn() throws IOException, InterruptedException {
    signal("CONT");
  }

  /** SIGTERM; doesn't wait for the end. */
  void leave() {
    process.destroy();
  }

  void awaitEnd() throws InterruptedException {
    if (!process.waitFor(LEAVING_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("a process has not left within " + LEAVING_SECONDS + " s");
    }
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
    Runtime.getRuntime().removeShutdownHook(onExit);
  }

  private void signal(String signal) throws IOException, InterruptedException {
    int code =
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    if (code != 0) {
      throw new IllegalStateException("kill -" + signal + ": exit code " + code);
    }
  }

  private static void read(Process process, Consumer<String> lines) {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.accept(line);
      }
    } catch (IOException ended) {
      // It was killed.
    }
  }
}

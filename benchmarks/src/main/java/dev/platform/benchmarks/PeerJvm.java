package dev.platform.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process that obeys lines and answers with lines. What else it prints, and its errors, are in
 * {@code benchmarks/target/peers/}. Ends with this process at the latest. Linux only.
 */
final class PeerJvm implements AutoCloseable {

  private static final Path LOGS = Path.of("benchmarks", "target", "peers");
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();
  private static final String END = "";

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private final String name;
  private final Process process;
  private final PrintStream input;
  private final BlockingQueue<String> output = new LinkedBlockingQueue<>();

  private PeerJvm(String name, Process process) {
    this.name = name;
    this.process = process;
    input = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "output of " + name);
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts a JVM.
   *
   * @param cores the cores that it may use, such as {@code 0,1}
   */
  static PeerJvm start(String name, String cores, List<String> options, List<String> java)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("taskset", "-c", cores));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(java);
    Files.createDirectories(LOGS);
    Process process =
        new ProcessBuilder(command).redirectError(LOGS.resolve(name + ".log").toFile()).start();
    RUNNING.add(process);
    return new PeerJvm(name, process);
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      lines.lines().filter(line -> !line.isEmpty()).forEach(output::add);
    } catch (IOException | RuntimeException e) {
      // The process has ended.
    }
    output.add(END);
  }

  /** Waits for a line that begins with a word; returns its other words. */
  String[] await(String word, Duration limit) throws IOException, InterruptedException {
    String line = next(word, limit);
    while (!line.equals(word) && !line.startsWith(word + " ")) {
      log(line);
      line = next(word, limit);
    }
    return line.substring(word.length()).strip().split(" ", 3);
  }

  private void log(String line) throws IOException {
    Files.writeString(
        LOGS.resolve(name + ".log"),
        line + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** The next line of output. */
  String next(String expected, Duration limit) throws IOException, InterruptedException {
    String line = output.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    if (line == null || line.equals(END)) {
      throw new IOException(
          "%s: %s (expected: \"%s\"; see %s)"
              .formatted(name, line == null ? "no answer" : "ended", expected, LOGS));
    }
    return line;
  }

  void send(String line) {
    input.println(line);
  }

  int awaitPort(Duration limit) throws IOException, InterruptedException {
    return Integer.parseInt(await("port", limit)[0]);
  }

  /** The bytes that its threads have allocated so far. */
  long allocatedBytes() throws IOException, InterruptedException {
    send("cost");
    return Long.parseLong(await("cost", Duration.ofSeconds(20))[1]);
  }

  double residentMegabytes() throws IOException {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
      String kilobytes = lines.filter(line -> line.startsWith("VmRSS:")).findFirst().orElseThrow();
      return Long.parseLong(kilobytes.replaceAll("\\D", "")) / 1024.0;
    }
  }

  /** Freezes the process, by SIGSTOP; its connections stay open. */
  void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }

  /** Ends the process by SIGKILL, also if it is frozen. */
  @Override
  public void close() {
    process.destroyForcibly();
    RUNNING.remove(process);
  }
}

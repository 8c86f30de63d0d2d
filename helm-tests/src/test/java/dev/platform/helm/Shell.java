package dev.platform.helm;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs scripts in bash, where some programs are answered by this JVM: small programs of their names
 * pass their arguments on over a loopback connection.
 */
final class Shell implements AutoCloseable {

  private static final String PROGRAM =
      """
      #!/usr/bin/env bash
      exec 3<>"/dev/tcp/127.0.0.1/$RUNBOOK_PORT"
      printf '%s\\n' "$#" "${0##*/}" "$@" >&3
      read -r code <&3
      cat <&3
      exit "$code"
      """;

  private static final int FAILED = 1;

  /** Executes a program. */
  interface Programs {

    /**
     * Runs a command.
     *
     * @return what it prints
     * @throws Refused if it ends with a failure
     */
    String run(String program, List<String> arguments) throws Exception;
  }

  /** A program's failure, with what it prints. */
  static final class Refused extends Exception {

    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  private final Path folder;
  private final Programs programs;
  private final ServerSocket server;

  /**
   * @param folder the scripts' working directory
   * @param names of the programs that this JVM answers
   */
  Shell(Path folder, List<String> names, Programs programs) throws IOException {
    this.folder = folder;
    this.programs = programs;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Path bin = Files.createDirectories(folder.resolve("bin"));
    for (String name : names) {
      Path program = Files.writeString(bin.resolve(name), PROGRAM);
      if (!program.toFile().setExecutable(true)) {
        throw new IOException(program + " cannot be made executable");
      }
    }
    Thread thread = new Thread(this::serve, "runbook");
    thread.setDaemon(true);
    thread.start();
  }

  /** Runs a script; its failure, or that of any command in it, is an AssertionError. */
  void run(String script) throws IOException, InterruptedException {
    Path log = folder.resolve("script.log");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    // bash itself warns of a locale that this machine does not have.
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("RUNBOOK_PORT", Integer.toString(server.getLocalPort()));
    builder
        .environment()
        .merge(
            "PATH", folder.resolve("bin").toString(), (all, own) -> own + File.pathSeparator + all);
    Process bash = builder.start();
    boolean ended = bash.waitFor(3, TimeUnit.MINUTES);
    bash.destroyForcibly();
    if (!ended || bash.waitFor() != 0) {
      throw new AssertionError(script + "\nfailed:\n" + Files.readString(log));
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void serve() {
    try {
      while (true) {
        try (Socket socket = server.accept()) {
          answer(socket);
        }
      }
    } catch (SocketException closed) {
      // The end of the test.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answer(Socket socket) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    int count = Integer.parseInt(in.readLine());
    String program = in.readLine();
    List<String> arguments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      arguments.add(in.readLine());
    }
    int code = 0;
    String output;
    try {
      output = programs.run(program, arguments);
    } catch (Exception | AssertionError failed) {
      code = FAILED;
      output = program + " " + String.join(" ", arguments) + ": " + failed + "\n";
    }
    try (BufferedWriter out =
        new BufferedWriter(
            new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8))) {
      out.write(code + "\n" + output);
    }
  }
}

package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The programs in {@code interop/go}. Built once for all tests; later builds take seconds. */
final class GoPrograms {

  private static final Path FOLDER = Path.of("..", "interop", "go").toAbsolutePath().normalize();
  private static final Path LOGS = Path.of("target", "system-tests", "go");

  /** The first build downloads and compiles all modules. */
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(15);

  private static final Duration RUN_LIMIT = Duration.ofMinutes(2);

  private static boolean built;

  private GoPrograms() {}

  /** What a program that has ended has printed. */
  record Result(int exitCode, String output) {}

  /** Skips the test without Go, or fails it with no-skips; else builds the programs. */
  static synchronized void require() throws Exception {
    Programs.require("go", "golang-go");
    if (!built) {
      Path log = Files.createDirectories(LOGS).resolve("build.log");
      Process build =
          new ProcessBuilder(FOLDER.resolve("build").toString())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      assertThat(build.waitFor(BUILD_LIMIT.toSeconds(), TimeUnit.SECONDS)).as("built").isTrue();
      assertThat(build.exitValue()).as(Files.readString(log)).isZero();
      built = true;
    }
  }

  /** Starts a server, and waits until it listens and is registered. */
  static AppProcess serve(String program, String name, String... arguments) {
    AppProcess process =
        AppProcess.start(name, command(program, arguments), Map.of(), LOGS.resolve(name + ".log"));
    process.awaitListening();
    return process;
  }

  /** Starts a program that ends by itself. */
  static AppProcess start(String program, String name, String... arguments) {
    return AppProcess.start(
        name, command(program, arguments), Map.of(), LOGS.resolve(name + ".log"));
  }

  /** Runs a program to its end. */
  static Result run(String program, String name, String... arguments) throws IOException {
    return result(start(program, name, arguments));
  }

  /** Waits for the end of a program. */
  static Result result(AppProcess process) throws IOException {
    int exitCode = process.awaitExit(RUN_LIMIT);
    return new Result(exitCode, Files.readString(process.log().path()));
  }

  private static List<String> command(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(FOLDER.resolve("bin").resolve(program).toString());
    command.addAll(List.of(arguments));
    return command;
  }
}

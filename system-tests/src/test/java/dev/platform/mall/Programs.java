package dev.platform.mall;

import dev.platform.starter.test.junit.EtcdExtension;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Programs that some tests need and that may be missing. */
final class Programs {

  private Programs() {}

  /**
   * Skips the test if the program is missing, or fails it with no-skips.
   *
   * @param debianPackage the package of the program
   */
  static void require(String program, String debianPackage) {
    boolean isThere = find(program).isPresent();
    String message =
        "skipped: no `%s` on the PATH; get it with `apt-get install %s`"
            .formatted(program, debianPackage);
    if (!isThere && Boolean.getBoolean(EtcdExtension.NO_SKIPS)) {
      throw new IllegalStateException(message + " (" + EtcdExtension.NO_SKIPS + " is true)");
    }
    Assumptions.assumeTrue(isThere, message);
  }

  /** The path of a {@linkplain #require required} program. */
  static Path path(String program) {
    return find(program).orElseThrow();
  }

  static boolean isThere(String program) {
    return find(program).isPresent();
  }

  /** The stdout and stderr of a program that succeeded. */
  static String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    requireSuccess(await(process, command), command, output);
    return output;
  }

  /** The stdout of a program that succeeded, without the warnings that it may print to stderr. */
  static String stdout(List<String> command) throws IOException {
    Path errors = Files.createTempFile("stderr-", ".log");
    try {
      Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = await(process, command);
      requireSuccess(code, command, output + Files.readString(errors));
      return output;
    } finally {
      Files.delete(errors);
    }
  }

  private static int await(Process process, List<String> command) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + command.get(0), e);
    }
  }

  private static void requireSuccess(int code, List<String> command, String output)
      throws IOException {
    if (code != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + code + ": " + output);
    }
  }

  private static Optional<Path> find(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }
}

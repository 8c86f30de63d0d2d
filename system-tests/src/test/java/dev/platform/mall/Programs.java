package dev.platform.mall;

import dev.platform.starter.test.junit.EtcdExtension;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Programs that some tests need and not every machine has. */
final class Programs {

  private Programs() {}

  /**
   * Skips the test where there is no such program, or fails it where nothing may be skipped.
   *
   * @param debianPackage which has it
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

  /** Where a program is that was {@linkplain #require required}. */
  static Path path(String program) {
    return find(program).orElseThrow();
  }

  private static Optional<Path> find(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }
}

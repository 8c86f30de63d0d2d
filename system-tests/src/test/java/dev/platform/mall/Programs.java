package dev.platform.mall;

import dev.platform.starter.test.junit.EtcdExtension;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
    boolean isThere =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    String message =
        "skipped: no `%s` on the PATH; get it with `apt-get install %s`"
            .formatted(program, debianPackage);
    if (!isThere && Boolean.getBoolean(EtcdExtension.NO_SKIPS)) {
      throw new IllegalStateException(message + " (" + EtcdExtension.NO_SKIPS + " is true)");
    }
    Assumptions.assumeTrue(isThere, message);
  }
}

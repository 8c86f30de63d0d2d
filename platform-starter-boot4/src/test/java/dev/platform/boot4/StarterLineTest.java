package dev.platform.boot4;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;

/**
 * The failure when the class path has the starter of another line. That starter's classes are
 * absent here: the check must run before any of them is needed.
 */
class StarterLineTest {

  /** This line's starter, a jar or a folder. */
  private static final String OWN =
      Path.of(
              URI.create(
                  CalledStubs.class.getProtectionDomain().getCodeSource().getLocation().toString()))
          .toString();

  private static final Path OTHER =
      Path.of(
          System.getProperty("basedir", "."), "..", "platform-starter", "src", "main", "resources");

  @Test
  void theOldLinesStarterRecommendsTheOneOfThisLine() throws Exception {
    assertThat(start(false))
        .contains("APPLICATION FAILED TO START")
        .contains("platform-starter is for Spring Boot 3.5, and Spring Boot 4.")
        .contains("Depend on platform-starter-boot4 instead.")
        .doesNotContain("NoClassDefFoundError");
  }

  @Test
  void bothStartersTogetherAreRejected() throws Exception {
    assertThat(start(true))
        .contains("APPLICATION FAILED TO START")
        .contains("are both on the class path")
        .contains("Keep platform-starter-boot4 alone");
  }

  private static String start(boolean withOwn) throws Exception {
    List<String> entries =
        new ArrayList<>(
            Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator)));
    if (!withOwn) {
      assertThat(entries.removeIf(entry -> entry.endsWith(OWN))).isTrue();
    }
    entries.add(OTHER.toAbsolutePath().toString());
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                String.join(File.pathSeparator, entries),
                Plain.class.getName())
            .redirectErrorStream(true)
            .start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(output).isEqualTo(1);
      return output;
    } finally {
      process.destroyForcibly();
    }
  }

  static final class Plain {

    private Plain() {}

    public static void main(String[] arguments) {
      SpringApplication.run(Shop.class, arguments);
    }
  }
}

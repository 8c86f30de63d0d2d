package dev.platform.tests.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.starter.test.junit.EtcdExtension;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A separate process whose class path lacks the actuator, as with an exclusion of its starter. */
class WithoutActuatorTest {

  /** On Spring Boot 4.1, health is a module of its own, which comes with the actuator. */
  private static final Pattern OF_THE_ACTUATOR = Pattern.compile("actuator|^spring-boot-health-");

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @TempDir Path folder;

  private Process process;

  /** The application of the other process. */
  static final class App {

    private App() {}

    public static void main(String[] args) {
      TestApp.start(
          Map.of(
              "spring.application.name",
              "without-actuator",
              "platform.etcd.endpoints",
              args[0],
              "platform.fault-injection.enabled",
              "true"));
    }
  }

  @AfterEach
  void end() {
    process.destroyForcibly();
  }

  @Test
  void theApplicationStartsAndIsRegistered() throws IOException {
    assertThat(classPath()).doesNotContain("spring-boot-actuator");
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(),
                App.class.getName(),
                etcd.endpoint().toString())
            .redirectErrorStream(true)
            .redirectOutput(logFile().toFile())
            .start();
    await()
        .atMost(Duration.ofMinutes(3))
        .failFast(() -> assertThat(process.isAlive()).as("%s", log()).isTrue())
        .until(() -> etcd.server().keys("/services/without-actuator/").size() == 1);
  }

  private static String classPath() {
    String tests =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(tests.split(File.pathSeparator))
        .filter(entry -> !OF_THE_ACTUATOR.matcher(Path.of(entry).getFileName().toString()).find())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private Path logFile() {
    return folder.resolve("log");
  }

  private String log() {
    try {
      return Files.readString(logFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

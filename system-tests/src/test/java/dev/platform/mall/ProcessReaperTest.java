package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(OS.WINDOWS)
class ProcessReaperTest {

  /** A test run: starts a process, and is then killed. */
  static final class Run {

    public static void main(String[] args) throws Exception {
      Process child = new ProcessBuilder("sleep", "600").start();
      ProcessReaper.childrenChanged();
      System.out.println(child.pid());
      System.out.flush();
      child.waitFor();
    }
  }

  @Test
  void endsProcessesOfAKilledRun() throws Exception {
    Process run =
        new ProcessBuilder(
                Jvm.command(
                    List.of(),
                    List.of("-cp", System.getProperty("java.class.path"), Run.class.getName())))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var output = run.inputReader(StandardCharsets.UTF_8)) {
      ProcessHandle child = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
      assertThat(child.isAlive()).isTrue();

      run.destroyForcibly();

      await().atMost(Duration.ofSeconds(30)).until(() -> !child.isAlive());
    } finally {
      run.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
    }
  }
}

package dev.platform.core.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random faults: {@code -Dplatform.soak.seeds=100} runs many rounds, {@code -Dplatform.soak.seed=…}
 * repeats a failed one.
 */
class MembershipSoakTest {

  private static final int DEFAULT_ROUNDS = 2;

  @TempDir Path folder;

  @Test
  void listsExactlyTheLiveInstancesUnderRandomFaults() throws Exception {
    Long wanted = Long.getLong("platform.soak.seed");
    int rounds = wanted == null ? Integer.getInteger("platform.soak.seeds", DEFAULT_ROUNDS) : 1;
    Set<Thread> before = etcdThreads();
    for (int round = 0; round < rounds; round++) {
      soak(wanted == null ? RandomGenerator.getDefault().nextInt(1_000_000) : wanted);
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(before).containsAll(etcdThreads()));
  }

  private void soak(long seed) throws Exception {
    System.out.println("Soak with -Dplatform.soak.seed=" + seed);
    Soak soak = new Soak(seed, Files.createTempDirectory(folder, "snapshots"));
    try {
      soak.run();
    } catch (Throwable failure) {
      throw new AssertionError(
          "-Dplatform.soak.seed=%d failed: %s%n%s"
              .formatted(seed, failure.getMessage(), String.join("; ", soak.steps())),
          failure);
    }
  }

  private static Set<Thread> etcdThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("platform-"))
        .collect(Collectors.toSet());
  }
}

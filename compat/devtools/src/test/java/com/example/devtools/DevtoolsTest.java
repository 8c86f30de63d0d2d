package com.example.devtools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.compat.Program;
import dev.platform.starter.test.junit.EtcdExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class DevtoolsTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @TempDir private Path watched;

  @Test
  void aRestartDeregistersTheOldInstanceAndRegistersTheNewOne() throws Exception {
    try (Program program =
        Program.start(
            DevtoolsApplication.class,
            "",
            List.of(),
            List.of(
                "--grpc.server.port=0",
                "--spring.grpc.server.port=0",
                "--platform.registry.advertise-host=127.0.0.1",
                "--platform.drain.delay=0s",
                "--spring.devtools.restart.additional-paths=" + watched,
                "--platform.etcd.endpoints=" + etcd.endpoint()))) {
      Set<String> before = awaitKeys(Set.of());

      Files.writeString(watched.resolve("changed"), "as an IDE does after it has compiled");

      assertThat(awaitKeys(before)).hasSize(1);
    }
  }

  /** One key with another port than before. */
  private static Set<String> awaitKeys(Set<String> before) {
    return await()
        .atMost(Duration.ofMinutes(5))
        .until(
            () -> Set.copyOf(etcd.server().keys("/services/price-service/")),
            keys -> keys.size() == 1 && !keys.equals(before));
  }
}

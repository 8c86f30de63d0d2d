package com.example.aot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.compat.Program;
import dev.platform.starter.test.junit.EtcdExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AotTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @Test
  void startsFromBeansThatWereDefinedAtBuildTimeAndIsRegistered() throws Exception {
    String classes = System.getProperty("aot.classes");
    assertThat(Path.of(classes, "com/example/aot/AotApplication__ApplicationContextInitializer.class"))
        .matches(Files::exists);

    try (Program program =
        Program.start(
            AotApplication.class,
            classes,
            List.of("-Dspring.aot.enabled=true"),
            List.of(
                "--grpc.server.port=0",
                "--spring.grpc.server.port=0",
                "--platform.registry.advertise-host=127.0.0.1",
                "--platform.etcd.endpoints=" + etcd.endpoint()))) {
      await()
          .atMost(Duration.ofMinutes(5))
          .until(() -> etcd.server().keys("/services/price-service/").size() == 1);
    }
    assertThat(etcd.server().keys("/services/price-service/")).isEmpty();
  }
}

package dev.platform.dev.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.dev.FreePort;
import dev.platform.dev.hosting.SharedService;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

class DevEtcdAutoConfigurationTest {

  private final int port = FreePort.find().getPort();
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(DevEtcdAutoConfiguration.class))
          .withPropertyValues("platform.etcd.endpoints=http://127.0.0.1:" + port);

  @Test
  void hostsEtcdForTheAppAndStopsItWithTheContext() {
    runner.run(
        context -> {
          assertThat(context.getBean(SharedService.class).hosting()).isTrue();
          assertThat(FreePort.accepts(port)).isTrue();
        });
    assertThat(FreePort.accepts(port)).isFalse();
  }

  @Test
  void aSecondAppJoinsAndTakesOverWhenTheFirstStops() {
    SharedService[] second = new SharedService[1];
    try (var first = startContext()) {
      runner.run(
          context -> {
            second[0] = context.getBean(SharedService.class);
            assertThat(second[0].hosting()).isFalse();

            first.close();

            await().atMost(Duration.ofSeconds(3)).until(second[0]::hosting);
            assertThat(FreePort.accepts(port)).isTrue();
          });
    }
    assertThat(second[0].hosting()).isFalse();
  }

  @Test
  void outlivesEveryOtherBean() {
    AtomicBoolean servedToTheEnd = new AtomicBoolean();
    runner
        .withBean(
            "aaaCreatedEarly",
            DisposableBean.class,
            () -> () -> servedToTheEnd.set(FreePort.accepts(port)))
        .run(context -> assertThat(FreePort.accepts(port)).isTrue());
    assertThat(servedToTheEnd).isTrue();
  }

  @Test
  void ignoresARemoteOrClusteredEtcd() {
    runner
        .withPropertyValues("platform.etcd.endpoints=http://etcd.example:2379")
        .run(context -> assertThat(context).doesNotHaveBean(SharedService.class));
    runner
        .withPropertyValues("platform.etcd.endpoints=http://127.0.0.1:1,http://127.0.0.1:2")
        .run(context -> assertThat(context).doesNotHaveBean(SharedService.class));
  }

  @Test
  void canBeDisabled() {
    runner
        .withPropertyValues("platform.dev.etcd.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(SharedService.class));
  }

  private ConfigurableApplicationContext startContext() {
    return new SpringApplicationBuilder(DevEtcdAutoConfiguration.class)
        .web(WebApplicationType.NONE)
        .properties("platform.etcd.endpoints=http://127.0.0.1:" + port)
        .run();
  }
}

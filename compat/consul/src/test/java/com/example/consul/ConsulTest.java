package com.example.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.compat.Program;
import com.example.registries.BesideEtcd;
import com.example.registries.Fleet.Step;
import com.example.registries.OtherRegistry;
import com.example.registries.ServiceApplication;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.cloud.consul.serviceregistry.ConsulRegistration;
import org.springframework.context.ConfigurableApplicationContext;

/** With Consul's check by HTTP, and with heartbeats of the application. */
class ConsulTest extends BesideEtcd {

  private static final List<String> HEARTBEATS =
      List.of(
          "spring.cloud.consul.discovery.heartbeat.enabled=true",
          "spring.cloud.consul.discovery.heartbeat.ttl=5s");

  private RealConsul consul;

  @Override
  protected OtherRegistry other() {
    consul = new RealConsul();
    return consul;
  }

  @Test
  void anInstanceLeavesAtOnceWhileItsReadinessRefusesTraffic() {
    for (List<String> more : List.of(List.<String>of(), HEARTBEATS)) {
      try (ConfigurableApplicationContext instance = fleet.instance(61, Step.OTHER, more)) {
        awaitInOther(61);
        AvailabilityChangeEvent.publish(instance, ReadinessState.REFUSING_TRAFFIC);
        // Deregistered, and not just critical.
        await().atMost(BOUND).until(() -> !registered().contains(number(61)));
        AvailabilityChangeEvent.publish(instance, ReadinessState.ACCEPTING_TRAFFIC);
        awaitInOther(61);
      }
      await().atMost(BOUND).until(() -> !registered().contains(number(61)));
    }
  }

  @Test
  void heartbeatsAreSentForAsLongAsTheInstanceLives() throws IOException, InterruptedException {
    try (Program instance =
        Program.start(
            ServiceApplication.class,
            "",
            List.of(),
            fleet.instanceArguments(71, Step.OTHER, HEARTBEATS))) {
      awaitInOther(71);
      assertThat(registered()).contains(number(71)).contains("\"Type\":\"ttl\"");
      instance.kill();
      awaitInOther();
      // Consul keeps it as critical, unless health-check-critical-timeout is set.
      assertThat(registered()).contains(number(71));
    }
  }

  @Test
  void whatConsulHasRemovedOrLostIsThereAgainWithHeartbeats() throws InterruptedException {
    try (ConfigurableApplicationContext instance = fleet.instance(81, Step.OTHER, HEARTBEATS)) {
      awaitInOther(81);
      consul.put(
          "/v1/agent/service/deregister/"
              + instance.getBean(ConsulRegistration.class).getInstanceId());
      assertThat(registered()).doesNotContain(number(81));
      awaitInOther(81);

      consul.stop();
      consul.empty();
      consul.start();
      awaitInOther(81);
    }
  }

  /** Healthy or not. */
  private String registered() throws InterruptedException {
    return consul.get("/v1/health/service/price-service");
  }

  private static String number(int number) {
    return "\"number\":\"%d\"".formatted(number);
  }
}

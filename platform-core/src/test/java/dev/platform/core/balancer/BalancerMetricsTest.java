package dev.platform.core.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.LogLines;
import dev.platform.core.balancer.AvoidanceListener.Reason;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BalancerMetricsTest {

  @RegisterExtension final LogLines log = LogLines.ofAll();

  private final BalancerMetrics metrics = new BalancerMetrics();

  @Test
  void countsAvoidedInstancesAndAvoidancesWithoutAWarning() {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    metrics.bindTo(meters);

    metrics.changed("payment-service", Reason.FAILING, true);
    metrics.changed("payment-service", Reason.FAILING, true);
    metrics.changed("payment-service", Reason.FAILING, false);

    assertThat(avoided(meters)).isOne();
    assertThat(meters.get("platform.balancer.avoidances").counter().count()).isEqualTo(2);
    assertThat(log.text()).doesNotContain("already registered");
  }

  @Test
  void aRegistryBoundLateHasTheMetersToo() {
    metrics.changed("payment-service", Reason.SILENT, true);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();

    metrics.bindTo(meters);

    assertThat(avoided(meters)).isOne();
  }

  private static double avoided(SimpleMeterRegistry meters) {
    return meters.get("platform.balancer.avoided").gauge().value();
  }
}

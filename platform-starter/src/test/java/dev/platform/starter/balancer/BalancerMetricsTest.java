package dev.platform.starter.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.balancer.AvoidanceListener.Reason;
import dev.platform.core.balancer.BalancerMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class BalancerMetricsTest {

  private final BalancerMetrics metrics = new BalancerMetrics();

  @Test
  void tellsHowManyAreAvoidedAndHowOftenThatBeganWithoutAWarning(CapturedOutput output) {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    metrics.bindTo(meters);

    metrics.changed("payment-service", Reason.FAILING, true);
    metrics.changed("payment-service", Reason.FAILING, true);
    metrics.changed("payment-service", Reason.FAILING, false);

    assertThat(avoided(meters)).isOne();
    assertThat(meters.get("platform.balancer.avoidances").counter().count()).isEqualTo(2);
    assertThat(output).doesNotContain("already registered");
  }

  @Test
  void aRegistryThatComesLateIsToldToo() {
    metrics.changed("payment-service", Reason.SILENT, true);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();

    metrics.bindTo(meters);

    assertThat(avoided(meters)).isOne();
  }

  private static double avoided(SimpleMeterRegistry meters) {
    return meters.get("platform.balancer.avoided").gauge().value();
  }
}

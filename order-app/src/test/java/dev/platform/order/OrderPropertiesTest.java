package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class OrderPropertiesTest {

  @Test
  void hasADefaultForEachProperty() {
    OrderProperties properties = bind(Map.of());

    assertThat(properties.recoveryAfter()).isEqualTo(Duration.ofSeconds(10));
    assertThat(properties.cancelAfter()).isEqualTo(Duration.ofMinutes(2));
    assertThat(properties.fulfilmentStep()).isEqualTo(Duration.ofSeconds(2));
    assertThat(properties.recommendationTimeout()).isEqualTo(Duration.ofMillis(300));
  }

  @Test
  void namesTheInvalidValueAndTheExpectation() {
    assertThatThrownBy(() -> bind(Map.of("mall.order.fulfilment-step", "0s")))
        .hasRootCauseMessage("mall.order.fulfilment-step: PT0S (expected: >= 1ms)");
    assertThatThrownBy(() -> bind(Map.of("mall.order.jobs.at-once", "0")))
        .hasRootCauseMessage("mall.order.jobs.at-once: 0 (expected: 1 to 64)");
    assertThatThrownBy(() -> bind(Map.of("mall.order.jobs.max-attempts", "0")))
        .hasRootCauseMessage("mall.order.jobs.max-attempts: 0 (expected: >= 1)");
    assertThatThrownBy(() -> bind(Map.of("mall.order.cancel-after", "10s")))
        .hasRootCauseMessage(
            "mall.order.cancel-after: PT10S (expected: more than recovery-after, PT10S)");
  }

  private static OrderProperties bind(Map<String, String> values) {
    return new Binder(new MapConfigurationPropertySource(values))
        .bindOrCreate("mall.order", OrderProperties.class);
  }
}

package dev.platform.order.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class EdgePropertiesTest {

  @Test
  void hasADefaultForEachProperty() {
    EdgeProperties properties = bind(Map.of());

    assertThat(properties.defaultTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(properties.maxTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(properties.maxBody().toMegabytes()).isEqualTo(1);
    assertThat(properties.heartbeat()).isEqualTo(Duration.ofSeconds(15));
    assertThat(properties.traceUrl()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "default-timeout | 0s | PT0S (expected: >= 1ms)",
        "max-timeout | 5s | PT5S (expected: >= default-timeout, PT10S)",
        "max-body | 0B | 0B (expected: 1B to 2047MB)",
        "heartbeat | 1ms | PT0.001S (expected: >= 10ms)",
        "max-streams | 0 | 0 (expected: >= 1)",
        "max-streams-per-client | 2001 | 2001 (expected: 1 to max-streams, 2000)",
        "max-stream-time | 10ms | PT0.01S (expected: >= 1s)",
        "products-max-age | 2m | PT2M (expected: 0s to PT1M)",
        "trace-url | traces | traces (expected: http:// or https://, with {trace-id} in it)"
      })
  void namesTheInvalidValueAndTheExpectation(String name, String value, String message) {
    assertThatThrownBy(() -> bind(Map.of("mall.edge." + name, value)))
        .hasRootCauseMessage("mall.edge." + name + ": " + message);
  }

  @Test
  void aRequestedTimeoutIsCappedAtTheMaximum() {
    CallTimeouts timeouts = new CallTimeouts(bind(Map.of()));

    assertThat(timeouts.of(null)).isEqualTo(Duration.ofSeconds(10));
    assertThat(timeouts.of("250m")).isEqualTo(Duration.ofMillis(250));
    assertThat(timeouts.of("99999999H")).isEqualTo(Duration.ofSeconds(30));
    assertThat(timeouts.ofStream("2M")).contains(Duration.ofMinutes(2));
    assertThat(timeouts.ofStream(null)).isEmpty();
  }

  private static EdgeProperties bind(Map<String, String> values) {
    return new Binder(new MapConfigurationPropertySource(values))
        .bindOrCreate("mall.edge", EdgeProperties.class);
  }
}

package dev.platform.spring.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

class JavaAgentRuleTest {

  private static final String SWITCH = "management.tracing.enabled";

  private final MockEnvironment environment = new MockEnvironment();

  @Test
  void reportsTwoSetsOfSpans() {
    assertThat(new JavaAgentRule(environment, true, true, SWITCH).findings())
        .singleElement()
        .asString()
        .startsWith(SWITCH + ": true (expected: false beside OpenTelemetry's javaagent")
        .contains("-Dotel.instrumentation.common.default-enabled=false");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {SWITCH, "otel.javaagent.enabled", "otel.instrumentation.common.default-enabled"})
  void acceptsThatOneOfThemIsOff(String property) {
    environment.setProperty(property, "false");

    assertThat(new JavaAgentRule(environment, true, true, SWITCH).findings()).isEmpty();
  }

  @Test
  void acceptsOneAlone() {
    assertThat(new JavaAgentRule(environment, false, true, SWITCH).findings()).isEmpty();
    assertThat(new JavaAgentRule(environment, true, false, SWITCH).findings()).isEmpty();
  }
}

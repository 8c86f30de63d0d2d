package dev.platform.core.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.NameResolver.ConfigOrError;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BalancerSettingsTest {

  private static final OutlierDetection EJECTION =
      new OutlierDetection(
          true, 3, 40, 20, Duration.ofMillis(2500), Duration.ofSeconds(7), Duration.ofMinutes(2));

  @Test
  void arriveUnchangedInTheBalancer() {
    BalancerSettings settings = new BalancerSettings(false, EJECTION);

    ConfigOrError parsed = parse(config(settings));

    assertThat(parsed.getError()).isNull();
    assertThat(((BalancerSettings.Parsed) parsed.getConfig()).settings()).isEqualTo(settings);
  }

  @Test
  void areOmittedIfEverythingIsDisabled() {
    OutlierDetection off =
        new OutlierDetection(
            false, 3, 40, 20, Duration.ofSeconds(1), Duration.ofSeconds(7), Duration.ofMinutes(2));

    assertThat(new BalancerSettings(false, off).around("round_robin"))
        .isEqualTo(Map.of("round_robin", Map.of()));
    assertThat(new BalancerSettings(true, off).around("round_robin"))
        .containsOnlyKeys(BalancerSettings.POLICY);
  }

  @Test
  void anIncompleteOrInvalidConfigurationIsRefusedWithTheField() {
    Map<String, Object> incomplete = new HashMap<>(config(new BalancerSettings(true, EJECTION)));
    incomplete.remove("outlierDetection");
    assertThat(error(incomplete)).contains("outlierDetection: null (expected: a Map)");

    Map<String, Object> invalid = new HashMap<>(config(new BalancerSettings(true, EJECTION)));
    invalid.put("avoidSilent", "yes");
    assertThat(error(invalid)).contains("avoidSilent: yes (expected: a Boolean)");

    Map<String, Object> unknownChild = new HashMap<>(config(new BalancerSettings(true, EJECTION)));
    unknownChild.put("childPolicy", List.of(Map.of("no_such_policy", Map.of())));
    assertThat(error(unknownChild)).contains("no_such_policy");
  }

  private static String error(Map<String, ?> config) {
    ConfigOrError parsed = parse(config);
    assertThat(parsed.getConfig()).isNull();
    return String.valueOf(parsed.getError());
  }

  private static ConfigOrError parse(Map<String, ?> config) {
    return new OutlierAvoidingLoadBalancerProvider().parseLoadBalancingPolicyConfig(config);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, ?> config(BalancerSettings settings) {
    return (Map<String, ?>) settings.around("round_robin").get(BalancerSettings.POLICY);
  }
}

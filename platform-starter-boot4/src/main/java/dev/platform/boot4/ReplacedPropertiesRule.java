package dev.platform.boot4;

import dev.platform.spring.check.ConfigurationRule;
import dev.platform.spring.check.Finding;
import dev.platform.spring.check.SetProperties;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.env.Environment;

/** Properties of Spring's features that the platform replaces. */
final class ReplacedPropertiesRule implements ConfigurationRule {

  private static final String HEALTH = "spring.grpc.server.health.";
  private static final String SCHEDULE = HEALTH + "schedule.enabled";
  private static final String TELEMETRY = "platform.telemetry.grpc.enabled";

  /** Read by the schedule only. */
  private static final List<String> OF_SCHEDULE =
      List.of(
          HEALTH + "schedule.delay",
          HEALTH + "schedule.period",
          HEALTH + "include-overall-health",
          HEALTH + "service",
          HEALTH + "status.mapping",
          HEALTH + "status.order");

  private static final List<String> OBSERVATIONS =
      List.of("spring.grpc.server.observation.enabled", "spring.grpc.client.observation.enabled");

  private final Environment environment;

  ReplacedPropertiesRule(Environment environment) {
    this.environment = environment;
  }

  @Override
  public List<Finding> findings() {
    List<Finding> found = new ArrayList<>();
    if (!isTrue(SCHEDULE, true)) {
      String expected = SCHEDULE + ", true; while it is false, gRPC health follows readiness";
      OF_SCHEDULE.forEach(property -> add(property, expected, found));
    }
    if (isTrue(TELEMETRY, true)) {
      String expected =
          TELEMETRY + ", false; while it is true, the platform's own telemetry replaces Spring's";
      OBSERVATIONS.stream()
          .filter(property -> isTrue(property, false))
          .forEach(property -> add(property, expected, found));
    }
    return found;
  }

  private void add(String property, String expected, List<Finding> found) {
    SetProperties.where(environment, property)
        .ifPresent(where -> found.add(new Finding(property, where, expected)));
  }

  private boolean isTrue(String property, boolean otherwise) {
    return environment.getProperty(property, Boolean.class, otherwise);
  }
}

package dev.platform.spring.check;

import dev.platform.spring.line.StarterLine;
import java.util.List;
import org.springframework.core.env.Environment;

/**
 * OpenTelemetry's javaagent beside the platform's tracing: both record each call, and each sends
 * its own trace to the callee.
 */
final class JavaAgentRule implements ConfigurationRule {

  private static final String AGENT = "io.opentelemetry.javaagent.OpenTelemetryAgent";
  private static final String AGENT_SWITCH = "otel.javaagent.enabled";
  private static final String INSTRUMENTATION = "otel.instrumentation.common.default-enabled";

  private final Environment environment;
  private final boolean hasAgent;
  private final boolean hasTracing;
  private final String tracingSwitch;

  /**
   * @param hasTracing whether the application has a bean for tracing
   */
  JavaAgentRule(Environment environment, boolean hasTracing) {
    this(
        environment,
        isOnClassPath(),
        hasTracing,
        tracingSwitch(StarterLine.onClassPath(JavaAgentRule.class.getClassLoader())));
  }

  /**
   * @param tracingSwitch the property that switches Spring Boot's tracing off
   */
  JavaAgentRule(
      Environment environment, boolean hasAgent, boolean hasTracing, String tracingSwitch) {
    this.environment = environment;
    this.hasAgent = hasAgent;
    this.hasTracing = hasTracing;
    this.tracingSwitch = tracingSwitch;
  }

  @Override
  public List<Finding> findings() {
    boolean both =
        hasAgent
            && hasTracing
            && isOn(AGENT_SWITCH)
            && isOn(INSTRUMENTATION)
            && isOn(tracingSwitch);
    return both
        ? List.of(
            new Finding(
                tracingSwitch,
                true,
                "false beside OpenTelemetry's javaagent, or -D%s=false: both record spans of each call"
                    .formatted(INSTRUMENTATION)))
        : List.of();
  }

  /** The agent reads its settings from system properties and environment variables. */
  private boolean isOn(String name) {
    return environment.getProperty(name, Boolean.class, true);
  }

  private static String tracingSwitch(List<StarterLine> lines) {
    return lines.stream().anyMatch(line -> line.springBoot().startsWith("4."))
        ? "management.tracing.export.enabled"
        : "management.tracing.enabled";
  }

  /** The JVM adds an agent's jar to the class path. */
  private static boolean isOnClassPath() {
    String file = AGENT.replace('.', '/') + ".class";
    return ClassLoader.getSystemResource(file) != null;
  }
}

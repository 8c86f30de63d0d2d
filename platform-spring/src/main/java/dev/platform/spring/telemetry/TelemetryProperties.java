package dev.platform.spring.telemetry;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.telemetry.RpcKeys;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Spans, timers and log lines of gRPC calls.
 *
 * @param enabled whether the platform creates the spans and timers of gRPC calls; otherwise the
 *     gRPC framework does
 * @param keys which generation of OpenTelemetry's attributes describes a call
 * @param untracedServices full names of services whose calls start no trace; inside a trace they
 *     are spans like all others
 * @param log which calls are logged
 */
@ConfigurationProperties("platform.telemetry.grpc")
public record TelemetryProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("current") RpcKeys keys,
    @DefaultValue({
          "grpc.health.v1.Health",
          "grpc.reflection.v1.ServerReflection",
          "grpc.reflection.v1alpha.ServerReflection"
        })
        Set<String> untracedServices,
    @DefaultValue Log log) {

  private static final Pattern SERVICE = Pattern.compile("\\w+(\\.\\w+)*");

  public TelemetryProperties {
    for (String service : untracedServices) {
      check(
          SERVICE.matcher(service).matches(),
          "platform.telemetry.grpc.untraced-services",
          service,
          "full names of services, such as grpc.health.v1.Health");
    }
  }

  /**
   * @param slowAfter a unary call that takes longer is logged as slow; 0: none is slow
   * @param linesPerSecond how many failed and slow calls of one method of one service are logged
   *     per second
   */
  public record Log(
      @DefaultValue("1s") Duration slowAfter, @DefaultValue("10") int linesPerSecond) {

    public Log {
      check(
          !slowAfter.isNegative(),
          "platform.telemetry.grpc.log.slow-after",
          slowAfter,
          "a duration, or 0 for none");
      check(
          linesPerSecond >= 0,
          "platform.telemetry.grpc.log.lines-per-second",
          linesPerSecond,
          "0 or more");
    }
  }
}

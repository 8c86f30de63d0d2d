package dev.platform.spring.telemetry;

import java.util.Set;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Excludes the gRPC frameworks' own telemetry, which would duplicate everything. Included again
 * with {@code platform.telemetry.grpc.enabled=false}.
 */
final class ForeignTelemetryFilter implements AutoConfigurationImportFilter, EnvironmentAware {

  private static final Set<String> FOREIGN =
      Set.of(
          "net.devh.boot.grpc.client.autoconfigure.GrpcClientMetricAutoConfiguration",
          "net.devh.boot.grpc.client.autoconfigure.GrpcClientMicrometerTraceAutoConfiguration",
          "net.devh.boot.grpc.server.autoconfigure.GrpcServerMetricAutoConfiguration",
          "net.devh.boot.grpc.server.autoconfigure.GrpcServerMicrometerTraceAutoConfiguration",
          "org.springframework.boot.grpc.client.autoconfigure.GrpcClientObservationAutoConfiguration",
          "org.springframework.boot.grpc.server.autoconfigure.GrpcServerObservationAutoConfiguration");

  private boolean replaced = true;

  @Override
  public void setEnvironment(Environment environment) {
    replaced = environment.getProperty("platform.telemetry.grpc.enabled", Boolean.class, true);
  }

  @Override
  public boolean[] match(String[] classes, AutoConfigurationMetadata metadata) {
    boolean[] keep = new boolean[classes.length];
    for (int i = 0; i < classes.length; i++) {
      // Null: another filter has excluded it.
      keep[i] = !replaced || classes[i] == null || !FOREIGN.contains(classes[i]);
    }
    return keep;
  }
}

package dev.platform.tests.line;

import io.github.resilience4j.springboot3.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration;
import io.github.resilience4j.springboot3.ratelimiter.autoconfigure.RateLimiterAutoConfiguration;
import io.github.resilience4j.springboot3.retry.autoconfigure.RetryAutoConfiguration;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import java.util.Map;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelFactory;
import net.devh.boot.grpc.client.inject.GrpcClient;
import net.devh.boot.grpc.server.config.GrpcServerProperties;
import net.devh.boot.grpc.server.event.GrpcServerStartedEvent;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;

/**
 * Adapts the shared tests, platform-spring/src/starter-test, to a Spring Boot line. Each starter
 * has a class of this name with the same methods, and the annotations beside it; this one is for
 * Spring Boot 3.5 with net.devh's gRPC.
 */
public final class Line {

  private Line() {}

  /** A gRPC server on a free local port; spans are not exported. */
  public static Map<String, Object> properties() {
    return Map.of(
        "grpc.server.address",
        "127.0.0.1",
        "grpc.server.port",
        0,
        "management.otlp.tracing.export.enabled",
        false);
  }

  /** No gRPC server, although there are services. */
  public static Map<String, Object> withoutServer() {
    return Map.of("grpc.server.port", -1);
  }

  /** Reflection for generic clients. */
  public static Map<String, Object> withReflection() {
    return Map.of("grpc.server.reflection-service-enabled", true);
  }

  /** No tracing. */
  public static Map<String, Object> withoutTracing() {
    return Map.of("management.tracing.enabled", false);
  }

  /** The channel of this name uses a gRPC target instead of discovery. */
  public static Map<String, Object> channelTo(String name, String target) {
    return Map.of("grpc.client." + name + ".address", target);
  }

  /** The channel of this name has security settings of its own: none. */
  public static Map<String, Object> ownPlaintext(String name) {
    return Map.of("grpc.client." + name + ".negotiation-type", "plaintext");
  }

  /** The framework's own TLS for the gRPC server, with this SSL bundle if it knows those. */
  public static Map<String, Object> ownServerTls(String unused) {
    return Map.of("grpc.server.security.enabled", true);
  }

  /** The port of the application's gRPC server. */
  public static int serverPort(ApplicationContext app) {
    return app.getBean(GrpcServerProperties.class).getPort();
  }

  /** The framework's channel to a service; one for each name. */
  public static Channel channel(ApplicationContext app, String service) {
    return app.getBean(GrpcChannelFactory.class).createChannel(service);
  }

  /** The state of a channel from {@link #channel}. */
  public static ConnectivityState state(ApplicationContext app, String service) {
    return app.getBean(GrpcChannelFactory.class).getConnectivityState().get(service);
  }

  /** Whether the gRPC server has started. */
  public static boolean isServerStarted(ApplicationEvent event) {
    return event instanceof GrpcServerStartedEvent;
  }

  /** Status from Boot's health endpoint, overall or for a path: UP, DOWN, … */
  public static String health(ApplicationContext app, String... path) {
    return app.getBean(HealthEndpoint.class).healthForPath(path).getStatus().getCode();
  }

  /** The annotation that declares clients. */
  public static String clientAnnotation() {
    return "@" + GrpcClient.class.getSimpleName();
  }

  /** The classes that Resilience4j's annotations need. */
  public static Class<?>[] resilience4j() {
    return new Class<?>[] {
      AopAutoConfiguration.class,
      CircuitBreakerAutoConfiguration.class,
      RetryAutoConfiguration.class,
      RateLimiterAutoConfiguration.class
    };
  }
}

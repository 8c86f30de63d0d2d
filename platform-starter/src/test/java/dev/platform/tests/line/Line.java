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
 * What the shared tests, platform-spring/src/starter-test, must know of a line of Spring Boot. Each
 * starter has a class of this name with the same methods, and the annotations beside it; this one
 * is of Spring Boot 3.5 with net.devh's gRPC.
 */
public final class Line {

  private Line() {}

  /** A gRPC server on a free port of this machine; spans are exported to nobody. */
  public static Map<String, Object> properties() {
    return Map.of(
        "grpc.server.address",
        "127.0.0.1",
        "grpc.server.port",
        0,
        "management.otlp.tracing.export.enabled",
        false);
  }

  /** No gRPC server, though there are services. */
  public static Map<String, Object> withoutServer() {
    return Map.of("grpc.server.port", -1);
  }

  /** No traces at all. */
  public static Map<String, Object> withoutTracing() {
    return Map.of("management.tracing.enabled", false);
  }

  /** The channel of this name goes to a target of gRPC's, and not to a service that is found. */
  public static Map<String, Object> channelTo(String name, String target) {
    return Map.of("grpc.client." + name + ".address", target);
  }

  /** The port that the application's gRPC server listens on. */
  public static int serverPort(ApplicationContext app) {
    return app.getBean(GrpcServerProperties.class).getPort();
  }

  /** To a service by its name, as the application gets it from its framework; one for each name. */
  public static Channel channel(ApplicationContext app, String service) {
    return app.getBean(GrpcChannelFactory.class).createChannel(service);
  }

  /** Of a channel that {@link #channel} has made. */
  public static ConnectivityState state(ApplicationContext app, String service) {
    return app.getBean(GrpcChannelFactory.class).getConnectivityState().get(service);
  }

  /** Whether the gRPC server has started by now. */
  public static boolean isServerStarted(ApplicationEvent event) {
    return event instanceof GrpcServerStartedEvent;
  }

  /** What Boot's health endpoint says, of all or of what a path names: UP, DOWN, … */
  public static String health(ApplicationContext app, String... path) {
    return app.getBean(HealthEndpoint.class).healthForPath(path).getStatus().getCode();
  }

  /** With which an application declares its clients. */
  public static String clientAnnotation() {
    return "@" + GrpcClient.class.getSimpleName();
  }

  /** What Resilience4j's annotations need. */
  public static Class<?>[] resilience4j() {
    return new Class<?>[] {
      AopAutoConfiguration.class,
      CircuitBreakerAutoConfiguration.class,
      RetryAutoConfiguration.class,
      RateLimiterAutoConfiguration.class
    };
  }
}

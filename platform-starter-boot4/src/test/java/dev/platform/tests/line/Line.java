package dev.platform.tests.line;

import io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration;
import io.github.resilience4j.springboot.ratelimiter.autoconfigure.RateLimiterAutoConfiguration;
import io.github.resilience4j.springboot.retry.autoconfigure.RetryAutoConfiguration;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.client.ImportGrpcClients;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;

/**
 * Adapts the shared tests, platform-spring/src/starter-test, to a Spring Boot line. Each starter
 * has a class of this name with the same methods, and the annotations beside it; this one is for
 * Spring Boot 4.1 with its own gRPC.
 */
public final class Line {

  private static final String CHANNELS = Line.class.getName();

  private Line() {}

  /** A gRPC server on a free local port; spans are not exported. */
  public static Map<String, Object> properties() {
    return Map.of(
        "spring.grpc.server.address",
        "127.0.0.1",
        "spring.grpc.server.port",
        0,
        "management.tracing.export.otlp.enabled",
        false);
  }

  /** No gRPC server, although there are services. */
  public static Map<String, Object> withoutServer() {
    return Map.of("spring.grpc.server.enabled", false);
  }

  /** Reflection for generic clients. */
  public static Map<String, Object> withReflection() {
    return Map.of("spring.grpc.server.reflection.enabled", true);
  }

  /** No tracing. */
  public static Map<String, Object> withoutTracing() {
    return Map.of("management.tracing.export.enabled", false);
  }

  /** The channel of this name uses a gRPC target instead of discovery. */
  public static Map<String, Object> channelTo(String name, String target) {
    return Map.of("spring.grpc.client.channel." + name + ".target", target);
  }

  /** The channel of this name has security settings of its own: none. */
  public static Map<String, Object> ownPlaintext(String name) {
    return Map.of("spring.grpc.client.channel." + name + ".ssl.enabled", false);
  }

  /** The framework's own TLS for the gRPC server, with this SSL bundle if it knows those. */
  public static Map<String, Object> ownServerTls(String bundle) {
    return Map.of("spring.grpc.server.ssl.bundle", bundle);
  }

  /** The port of the application's gRPC server. */
  public static int serverPort(ApplicationContext app) {
    return app.getBean(GrpcServerLifecycle.class).getPort();
  }

  /** The framework's channel to a service; one for each name. */
  public static Channel channel(ApplicationContext app, String service) {
    return channels(app)
        .computeIfAbsent(service, app.getBean(GrpcChannelFactory.class)::createChannel);
  }

  /** The state of a channel from {@link #channel}. */
  public static ConnectivityState state(ApplicationContext app, String service) {
    return channels(app).get(service).getState(false);
  }

  /** Spring gRPC creates a channel each time; the factory closes them. */
  private static synchronized ConcurrentMap<String, ManagedChannel> channels(
      ApplicationContext app) {
    ConfigurableBeanFactory beans = (ConfigurableBeanFactory) app.getAutowireCapableBeanFactory();
    if (!beans.containsSingleton(CHANNELS)) {
      beans.registerSingleton(CHANNELS, new Channels(new ConcurrentHashMap<>()));
    }
    return ((Channels) app.getBean(CHANNELS)).byName();
  }

  private record Channels(ConcurrentMap<String, ManagedChannel> byName) {}

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
    return "@" + ImportGrpcClients.class.getSimpleName();
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

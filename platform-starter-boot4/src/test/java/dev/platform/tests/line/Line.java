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
 * What the shared tests, platform-spring/src/starter-test, must know of a line of Spring Boot. Each
 * starter has a class of this name with the same methods, and the annotations beside it; this one
 * is of Spring Boot 4.1 with its own gRPC.
 */
public final class Line {

  private static final String CHANNELS = Line.class.getName();

  private Line() {}

  /** A gRPC server on a free port of this machine; spans are exported to nobody. */
  public static Map<String, Object> properties() {
    return Map.of(
        "spring.grpc.server.address",
        "127.0.0.1",
        "spring.grpc.server.port",
        0,
        "management.tracing.export.otlp.enabled",
        false);
  }

  /** No gRPC server, though there are services. */
  public static Map<String, Object> withoutServer() {
    return Map.of("spring.grpc.server.enabled", false);
  }

  /** No traces at all. */
  public static Map<String, Object> withoutTracing() {
    return Map.of("management.tracing.export.enabled", false);
  }

  /** The channel of this name goes to a target of gRPC's, and not to a service that is found. */
  public static Map<String, Object> channelTo(String name, String target) {
    return Map.of("spring.grpc.client.channel." + name + ".target", target);
  }

  /** The port that the application's gRPC server listens on. */
  public static int serverPort(ApplicationContext app) {
    return app.getBean(GrpcServerLifecycle.class).getPort();
  }

  /** To a service by its name, as the application gets it from its framework; one for each name. */
  public static Channel channel(ApplicationContext app, String service) {
    return channels(app)
        .computeIfAbsent(service, app.getBean(GrpcChannelFactory.class)::createChannel);
  }

  /** Of a channel that {@link #channel} has made. */
  public static ConnectivityState state(ApplicationContext app, String service) {
    return channels(app).get(service).getState(false);
  }

  /** Spring gRPC makes another one each time; the factory closes them. */
  private static synchronized ConcurrentMap<String, ManagedChannel> channels(
      ApplicationContext app) {
    ConfigurableBeanFactory beans = (ConfigurableBeanFactory) app.getAutowireCapableBeanFactory();
    if (!beans.containsSingleton(CHANNELS)) {
      beans.registerSingleton(CHANNELS, new Channels(new ConcurrentHashMap<>()));
    }
    return ((Channels) app.getBean(CHANNELS)).byName();
  }

  private record Channels(ConcurrentMap<String, ManagedChannel> byName) {}

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
    return "@" + ImportGrpcClients.class.getSimpleName();
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

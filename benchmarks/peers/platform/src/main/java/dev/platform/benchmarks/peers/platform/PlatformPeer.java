package dev.platform.benchmarks.peers.platform;

import dev.platform.benchmarks.peers.DiscardingExporter;
import dev.platform.benchmarks.peers.Peer;
import dev.platform.benchmarks.peers.PeerProcess;
import dev.platform.benchmarks.peers.RecommendationsService;
import dev.platform.benchmarks.peers.StubCall;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceStub;
import dev.platform.spring.client.ImportStubs;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.List;
import net.devh.boot.grpc.server.event.GrpcServerStartedEvent;
import net.devh.boot.grpc.server.service.GrpcService;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;

/** The starter with its defaults, and the limits that {@code calls} measures. */
final class PlatformPeer implements Peer {

  private PlatformPeer() {}

  public static void main(String[] arguments) throws Exception {
    PeerProcess.run(arguments, new PlatformPeer());
  }

  @Override
  public int serve(@Nullable String etcd) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--spring.application.name=" + SERVICE,
                "--grpc.server.address=127.0.0.1",
                "--grpc.server.port=0",
                "--platform.discovery.enabled=false",
                "--platform.resilience.rate-limit.server=calls",
                "--resilience4j.ratelimiter.instances.calls.limit-for-period=1800000000",
                "--resilience4j.ratelimiter.instances.calls.limit-refresh-period=1h",
                "--platform.resilience.concurrency-limit.mode=fixed",
                "--platform.resilience.concurrency-limit.limit=1000"));
    if (etcd == null) {
      arguments.add("--platform.registry.enabled=false");
    } else {
      arguments.add("--platform.registry.advertise-host=127.0.0.1");
      arguments.add("--platform.etcd.endpoints=http://" + etcd);
    }
    return start(ServerApp.class, arguments).getBean(ServerApp.class).port;
  }

  @Override
  public UnaryCall connect(String etcd) {
    ConfigurableApplicationContext app =
        start(
            ClientApp.class,
            List.of(
                "--spring.application.name=checkout",
                "--grpc.server.port=-1",
                "--platform.registry.enabled=false",
                "--platform.etcd.endpoints=http://" + etcd,
                "--platform.deadline.default-timeout=" + TIMEOUT_MILLIS + "ms"));
    return StubCall.of(app.getBean(RecommendationServiceStub.class));
  }

  private static ConfigurableApplicationContext start(Class<?> app, List<String> arguments) {
    return new SpringApplicationBuilder(app)
        .web(WebApplicationType.NONE)
        .bannerMode(Banner.Mode.OFF)
        .properties(
            "logging.level.root=error",
            "management.tracing.sampling.probability=1.0",
            "management.otlp.metrics.export.enabled=false",
            "platform.dev.etcd.enabled=false",
            "platform.dev.postgres.enabled=false",
            "platform.dev.tracing.enabled=false")
        .run(arguments.toArray(String[]::new));
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(Recommendations.class)
  static class ServerApp {

    private int port;

    @EventListener
    void started(GrpcServerStartedEvent event) {
      port = event.getPort();
    }

    @Bean
    static SpanExporter spanExporter() {
      return new DiscardingExporter();
    }
  }

  @GrpcService
  static class Recommendations extends RecommendationsService {}

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @ImportStubs(target = SERVICE, types = RecommendationServiceStub.class)
  static class ClientApp {

    @Bean
    static SpanExporter spanExporter() {
      return new DiscardingExporter();
    }
  }
}

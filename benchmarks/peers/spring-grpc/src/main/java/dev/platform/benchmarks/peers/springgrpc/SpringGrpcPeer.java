package dev.platform.benchmarks.peers.springgrpc;

import dev.platform.benchmarks.peers.DiscardingExporter;
import dev.platform.benchmarks.peers.KeepAlive;
import dev.platform.benchmarks.peers.Peer;
import dev.platform.benchmarks.peers.PeerProcess;
import dev.platform.benchmarks.peers.RecommendationsService;
import dev.platform.benchmarks.peers.StubCall;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.grpc.client.GrpcChannelFactory;

/**
 * Boot's gRPC modules with Micrometer, and ZooKeeper by Spring Cloud. They have no discovery of
 * their own, so there is a resolver as their users write it, and the gRPC port is in the metadata.
 * Clients balance by round robin, Boot's default, and watch the standard health service.
 */
final class SpringGrpcPeer implements Peer {

  private SpringGrpcPeer() {}

  public static void main(String[] arguments) throws Exception {
    PeerProcess.run(arguments, new SpringGrpcPeer());
  }

  @Override
  public int serve(@Nullable String zooKeeper) throws IOException {
    int port = freePort();
    start(
        ServerApp.class,
        zooKeeper,
        List.of(
            "--spring.application.name=" + SERVICE,
            "--spring.grpc.server.address=127.0.0.1",
            "--spring.grpc.server.port=" + port,
            "--spring.cloud.zookeeper.discovery.metadata."
                + DiscoveryResolverProvider.GRPC_PORT
                + "="
                + port,
            "--spring.grpc.server.keepalive.permit.time=" + KeepAlive.TIME + "s"));
    return port;
  }

  /** Must be known before the server starts, since the registration has it. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public UnaryCall connect(String zooKeeper) {
    String channel = "--spring.grpc.client.channel." + SERVICE;
    ConfigurableApplicationContext app =
        start(
            ClientApp.class,
            zooKeeper,
            List.of(
                "--spring.application.name=checkout",
                "--spring.grpc.server.enabled=false",
                channel + ".target=" + DiscoveryResolverProvider.SCHEME + ":///" + SERVICE,
                channel + ".health.enabled=true",
                channel + ".keepalive.time=" + KeepAlive.TIME + "s",
                channel + ".keepalive.timeout=" + KeepAlive.TIMEOUT + "s"));
    return StubCall.withDeadline(
        RecommendationServiceGrpc.newStub(
            app.getBean(GrpcChannelFactory.class).createChannel(SERVICE)));
  }

  private static ConfigurableApplicationContext start(
      Class<?> app, @Nullable String zooKeeper, List<String> arguments) {
    List<String> all = new ArrayList<>(arguments);
    if (zooKeeper == null) {
      all.add("--spring.cloud.zookeeper.enabled=false");
    } else {
      all.add("--spring.cloud.zookeeper.connect-string=" + zooKeeper);
      all.add("--spring.cloud.zookeeper.discovery.instance-host=127.0.0.1");
    }
    return new SpringApplicationBuilder(app)
        .web(zooKeeper == null ? WebApplicationType.NONE : WebApplicationType.SERVLET)
        .bannerMode(Banner.Mode.OFF)
        .properties(
            "server.address=127.0.0.1",
            "server.port=0",
            "logging.level.root=error",
            "management.otlp.metrics.export.enabled=false",
            "management.tracing.sampling.probability=1.0")
        .run(all.toArray(String[]::new));
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class ServerApp {

    @Bean
    RecommendationsService recommendations() {
      return new RecommendationsService();
    }

    @Bean
    static SpanExporter spanExporter() {
      return new DiscardingExporter();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(DiscoveryResolverProvider.class)
  static class ClientApp {

    @Bean
    static SpanExporter spanExporter() {
      return new DiscardingExporter();
    }
  }
}

package dev.platform.benchmarks.peers.netdevh;

import dev.platform.benchmarks.peers.DiscardingExporter;
import dev.platform.benchmarks.peers.KeepAlive;
import dev.platform.benchmarks.peers.Peer;
import dev.platform.benchmarks.peers.PeerProcess;
import dev.platform.benchmarks.peers.RecommendationsService;
import dev.platform.benchmarks.peers.StubCall;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceStub;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.List;
import net.devh.boot.grpc.client.inject.GrpcClient;
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

/**
 * net.devh's starter with Micrometer. In ZooKeeper, Spring Cloud registers the web server of an
 * application, and net.devh's metadata its gRPC port. Clients balance by round robin, net.devh's
 * default.
 */
final class NetDevhPeer implements Peer {

  private NetDevhPeer() {}

  public static void main(String[] arguments) throws Exception {
    PeerProcess.run(arguments, new NetDevhPeer());
  }

  @Override
  public int serve(@Nullable String zooKeeper) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--spring.application.name=" + SERVICE,
                "--grpc.server.address=127.0.0.1",
                "--grpc.server.port=0",
                "--grpc.server.permit-keep-alive-time=" + KeepAlive.TIME + "s"));
    return start(ServerApp.class, zooKeeper, arguments).getBean(ServerApp.class).port;
  }

  @Override
  public UnaryCall connect(String zooKeeper) {
    String channel = "--grpc.client." + SERVICE;
    ConfigurableApplicationContext app =
        start(
            ClientApp.class,
            zooKeeper,
            List.of(
                "--spring.application.name=checkout",
                "--grpc.server.port=-1",
                channel + ".address=discovery:///" + SERVICE,
                channel + ".negotiation-type=plaintext",
                channel + ".enable-keep-alive=true",
                channel + ".keep-alive-time=" + KeepAlive.TIME + "s",
                channel + ".keep-alive-timeout=" + KeepAlive.TIMEOUT + "s"));
    return StubCall.withDeadline(app.getBean(ClientApp.class).stub);
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
            "management.tracing.sampling.probability=1.0")
        .run(all.toArray(String[]::new));
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
  @SuppressWarnings("NullAway.Init") // net.devh sets the field.
  static class ClientApp {

    @GrpcClient(SERVICE)
    private RecommendationServiceStub stub;

    @Bean
    static SpanExporter spanExporter() {
      return new DiscardingExporter();
    }
  }
}

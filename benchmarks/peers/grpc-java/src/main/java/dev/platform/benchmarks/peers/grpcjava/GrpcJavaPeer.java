package dev.platform.benchmarks.peers.grpcjava;

import dev.platform.benchmarks.peers.KeepAlive;
import dev.platform.benchmarks.peers.Peer;
import dev.platform.benchmarks.peers.PeerProcess;
import dev.platform.benchmarks.peers.RecommendationsService;
import dev.platform.benchmarks.peers.StubCall;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import io.grpc.NameResolverRegistry;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.opentelemetry.GrpcOpenTelemetry;
import io.grpc.protobuf.services.HealthStatusManager;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * grpc-java alone, or with its own module for OpenTelemetry. Clients have a list of addresses,
 * balance by round robin, watch the standard health service and ping silent connections.
 */
final class GrpcJavaPeer implements Peer {

  private static final Map<String, ?> SERVICE_CONFIG =
      Map.of(
          "loadBalancingConfig", List.of(Map.of("round_robin", Map.of())),
          "healthCheckConfig", Map.of("serviceName", ""));

  private final @Nullable GrpcOpenTelemetry telemetry;

  private GrpcJavaPeer(@Nullable GrpcOpenTelemetry telemetry) {
    this.telemetry = telemetry;
  }

  /**
   * @param arguments {@code bare} or {@code telemetry}, then those of the process
   */
  public static void main(String[] arguments) throws Exception {
    boolean bare = arguments[0].equals("bare");
    PeerProcess.run(
        Arrays.copyOfRange(arguments, 1, arguments.length),
        new GrpcJavaPeer(bare ? null : Telemetry.start()));
  }

  @Override
  public int serve(@Nullable String registry) throws Exception {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            // As grpc-java's documentation advises: a pool that fits the work.
            .executor(Executors.newFixedThreadPool(2))
            .permitKeepAliveTime(KeepAlive.TIME, TimeUnit.SECONDS)
            .addService(new HealthStatusManager().getHealthService())
            .addService(new RecommendationsService());
    if (telemetry != null) {
      telemetry.configureServerBuilder(builder);
    }
    Server server = builder.build().start();
    return server.getPort();
  }

  @Override
  public UnaryCall connect(String addresses) {
    NameResolverRegistry.getDefaultRegistry().register(new StaticResolverProvider());
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget("static:///" + addresses)
            .usePlaintext()
            .defaultServiceConfig(SERVICE_CONFIG)
            .keepAliveTime(KeepAlive.TIME, TimeUnit.SECONDS)
            .keepAliveTimeout(KeepAlive.TIMEOUT, TimeUnit.SECONDS);
    if (telemetry != null) {
      telemetry.configureChannelBuilder(builder);
    }
    return StubCall.withDeadline(RecommendationServiceGrpc.newStub(builder.build()));
  }
}
